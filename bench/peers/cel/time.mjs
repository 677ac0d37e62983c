// Times one engine on a file of rules: node time.mjs ENGINE FILE. Prints {"engine", "rules": {name: ns}, "set": ns}; an
// expression that the engine does not compile, or whose result is wrong, has its reason in place of a figure.
import { readFileSync } from "node:fs";
import { engines } from "./engines.mjs";

const [engine, file] = process.argv.slice(2);
const warmUpMs = 300;
const runMs = 20;
const runs = 9;
let sink; // of results, so that no loop is without effect

// Whole numbers are ints of the language: BigInt. How a number was written only newer versions of Node tell.
const spec = JSON.parse(readFileSync(file, "utf8"));
const exact = JSON.parse(readFileSync(file, "utf8"), (_, value, context) => {
  if (typeof value !== "number") return value;
  const text = context?.source ?? String(value);
  return /^-?[0-9]+$/.test(text) ? BigInt(text) : value;
});

const compile = engines[engine](exact.request);
const rules = {};
for (const { name, expr, want } of spec.rules) rules[name] = attempt(expr, want);
console.log(JSON.stringify({ engine, rules, set: attemptSet() }));

function attempt(expr, want) {
  try {
    const evaluate = compile(expr);
    const found = plain(evaluate());
    if (JSON.stringify(found) !== JSON.stringify(want)) return `gives ${JSON.stringify(found)}`;
    return time(evaluate);
  } catch (error) {
    return `fails: ${error.message}`.split("\n")[0];
  }
}

function attemptSet() {
  if (!spec.set?.length) return null;
  try {
    const programs = spec.set.map(compile);
    const all = () => {
      let matches = 0;
      for (const program of programs) if (program() === true) matches++;
      return matches;
    };
    const matches = all();
    return matches === spec.setMatches ? time(all) : `gives ${matches} matches`;
  } catch (error) {
    return `fails: ${error.message}`.split("\n")[0];
  }
}

function plain(value) {
  return typeof value === "bigint" ? Number(value) : value;
}

// ns of one call in steady state: the median of several runs.
function time(evaluate) {
  let count = 1;
  const begun = performance.now();
  while (performance.now() - begun < warmUpMs) count = Math.max(1, Math.round((count * runMs) / loop(evaluate, count)));
  const times = Array.from({ length: runs }, () => (loop(evaluate, count) * 1e6) / count).sort((a, b) => a - b);
  return Math.round(times[runs >> 1] * 10) / 10;
}

function loop(evaluate, count) {
  const begun = performance.now();
  for (let i = 0; i < count; i++) sink = evaluate();
  return Math.max(performance.now() - begun, 0.01);
}
