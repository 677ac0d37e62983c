// Prints the rounds of a run side by side: node compare.mjs FOLDER. A figure is that of an engine's best round, since what else
// a machine does only adds. Exits with 1 if a ratio that is asked for does not hold.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { engines, versionOf } from "./engines.mjs";

// How many times faster than each peer, typed: what can gain less, because the peers spend their time on the same work.
const asked = (name) => ({ eq: 4, matches: 2.5 })[name] ?? 10;

const folder = process.argv[2];
const read = (prefix) =>
  readdirSync(folder)
    .filter((x) => x.startsWith(prefix))
    .map((x) => JSON.parse(readFileSync(join(folder, x), "utf8").trim().split("\n").at(-1)));
const ours = read("ours-");
const peers = read("peer-");

const rows = ours[0].rules.map(({ name }, i) => ({
  name,
  typed: ours.map((x) => x.rules[i].nsTyped),
  map: ours.map((x) => x.rules[i].nsMap),
  peer: (engine) => peers.filter((x) => x.engine === engine).map((x) => x.rules[name]),
}));
if (ours[0].sets.length > 0)
  rows.push({
    name: `set of ${ours[0].sets[0].rules}`,
    typed: ours.map((x) => x.sets[0].ns),
    map: ours.map((x) => x.sets[0].nsMap),
    peer: (engine) => peers.filter((x) => x.engine === engine).map((x) => x.set),
  });

const best = (figures) => Math.min(...figures);
const names = Object.keys(engines);
let missed = 0;
print(["ns", "typed", "map", ...names.flatMap((x) => [`${x} ${versionOf(x)}`, "typed/map ratio"]), "asked", "holds"]);
for (const row of rows) {
  const typed = best(row.typed);
  const map = best(row.map);
  const ask = asked(row.name);
  let holds = true;
  const cells = names.flatMap((engine) => {
    const figures = row.peer(engine);
    const wrong = figures.find((x) => typeof x !== "number");
    if (wrong !== undefined) return [String(wrong).slice(0, 30), "-"];
    const ns = best(figures);
    holds &&= ns / typed >= ask;
    return [ns.toFixed(0), `${(ns / typed).toFixed(1)} / ${(ns / map).toFixed(1)}`];
  });
  if (!holds) missed++;
  print([row.name, typed.toFixed(1), map.toFixed(1), ...cells, `${ask}x`, holds ? "yes" : "NO"]);
}
console.log(`\n${ours.length} rounds; spread of ours (max/min over rounds, typed): ${spread()}`);
process.exitCode = missed > 0 ? 1 : 0;

function median(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

function spread() {
  const shares = rows.map((x) => Math.max(...x.typed) / Math.min(...x.typed));
  return `median ${median(shares).toFixed(2)}, largest ${Math.max(...shares).toFixed(2)}`;
}

function print(cells) {
  console.log(`| ${cells.join(" | ")} |`);
  if (cells[0] === "ns") console.log(`|${cells.map(() => "---|").join("")}`);
}
