// Equality of the built-in plan with the official JavaScript build (npm google-libphonenumber).
//   node tests/oracle/javascript.cjs ANSWERS [NUMBERS [SEED]]     ANSWERS: the program numbering_answers
// Not asked: digits of other scripts than full-width and Arabic, which that library does not know.
// Makes numbers up over all regions, mutates them, asks both, and prints how often and in what they differ.
'use strict';
const { spawnSync } = require('child_process');
const { PhoneNumberUtil, PhoneNumberFormat, PhoneNumberType } = require('google-libphonenumber');
const [answers, numbers = '200000', seed = '1'] = process.argv.slice(2);
const util = PhoneNumberUtil.getInstance();

let state = BigInt(seed) * 2n + 1n;
function pick(below) {
  state = (state * 6364136223846793005n + 1442695040888963407n) & 0xFFFFFFFFFFFFFFFFn;
  return Number((state >> 33n) % BigInt(below));
}
const digits = (n) => { let out = ''; while (out.length < n) out += pick(10); return out; };

const type_name = {};
for (const [name, value] of Object.entries(PhoneNumberType)) type_name[value] = name.toLowerCase();
const reason_name = (r) => ({ 0: 'possible', 1: 'invalid_country_code', 2: 'too_short', 3: 'too_long', 4: 'possible_local_only', 5: 'invalid_length' })[r];

const regions = util.getSupportedRegions();
const examples = [];
for (const region of regions) {
  for (let type = 0; type <= 10; ++type) {
    const n = util.getExampleNumberForType(region, type);
    if (n) examples.push(util.format(n, PhoneNumberFormat.E164));
  }
}
function text() {
  let out = examples[pick(examples.length)];
  if (pick(3) !== 0) { const from = 3 + pick(out.length - 3); out = out.slice(0, from) + digits(out.length - from); }
  if (pick(3) === 0) out = out.slice(1 + pick(4));
  if (pick(5) === 0) out = ['0', '00', '1', '8'][pick(4)] + out;
  if (pick(6) === 0) out += pick(10);
  if (pick(6) === 0) out = out.slice(0, -1);
  for (let i = pick(3); i > 0; --i) {
    const at = pick(out.length + 1);
    out = out.slice(0, at) + [' ', '-', '.', '(', ')', '/', ' ', 'x', '０', '٣', '\u00A0', ' ext. '][pick(12)] + out.slice(at);
  }
  return out;
}
function theirs(input, region) {
  let n;
  try { n = util.parse(input, region); } catch (e) { return ['none', 'invalid', 'unknown', 'ZZ', '']; }
  const at = util.getRegionCodeForNumber(n) || 'ZZ';
  return [reason_name(util.isPossibleNumberWithReason(n)), util.isValidNumber(n) ? 'valid' : 'invalid',
    type_name[util.getNumberType(n)], at, util.format(n, PhoneNumberFormat.E164)];
}

const asked = [];
for (let i = 0; i < Number(numbers); ++i) asked.push([pick(10) === 0 ? 'ZZ' : regions[pick(regions.length)], text()]);
for (const e of examples) asked.push(['ZZ', e]);
const run = spawnSync(answers, { input: asked.map(([r, t]) => `${r}\t${t}\n`).join(''), maxBuffer: 1 << 30 });
const ours = run.stdout.toString().trim().split('\n').map((l) => l.split('\t'));
const classes = {};
let different = 0;
asked.forEach(([region, input], i) => {
  const a = theirs(input, region);
  const b = ours[i].concat(['', '', '', '', '']).slice(0, 5);
  if (b[4] === '') b[0] = 'none';
  const fields = ['reason', 'valid', 'type', 'region', 'e164'].filter((_, k) => a[k] !== b[k]);
  if (fields.length === 0) return;
  // The metadata shipped does not know lengths that can be dialled within an area only.
  const key = fields.join('+') + (fields[0] === 'reason' ? ` (theirs ${a[0]}, ours ${b[0]})` : '');
  classes[key] = classes[key] || { count: 0, regions: {}, example: `${input} from ${region}: theirs ${a.join(' ')}; ours ${b.join(' ')}` };
  classes[key].count += 1;
  const where = a[3] !== 'ZZ' ? a[3] : b[3];
  classes[key].regions[where] = (classes[key].regions[where] || 0) + 1;
  if (!(fields.length === 1 && fields[0] === 'reason')) different += 1;
});
for (const [key, c] of Object.entries(classes).sort((x, y) => y[1].count - x[1].count)) {
  const where = Object.entries(c.regions).sort((x, y) => y[1] - x[1]).slice(0, 8).map(([r, n]) => `${r} ${n}`).join(', ');
  console.log(`${c.count}  ${key}: ${where}\n    ${c.example}`);
}
console.log(`${asked.length} asked, ${different} different in number, validity, type or region (${(100 * different / asked.length).toFixed(3)} %)`);
process.exit(different > asked.length / 400 ? 1 : 0);
