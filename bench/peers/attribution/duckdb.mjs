// Times DuckDB on the files that `bench attribution --files` made: node duckdb.mjs FOLDER [ROUNDS]. Loads once, then each query in
// turn; the best round of each counts, since what else a machine does only adds. The results are then compared with ours, which
// the same command left in the folder (A.csv, B.csv). Prints one JSON object; exit status 1 if results differ.
//
// It is given whole numbers for ids, customers and campaigns and an enumeration for kinds, so that it hashes no texts.
import { join, resolve } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

const folder = resolve(process.argv[2]);
const rounds = Number(process.argv[3] ?? 3);
const threads = Number(process.env.THREADS ?? 2);
const halfLifeMs = 7 * 86_400_000; // as in rules-B.yaml
const file = (name) => `'${join(folder, name).replaceAll("'", "''")}'`;

const db = await (await DuckDBInstance.create(":memory:", { threads: String(threads) })).connect();
const seconds = async (sql) => {
  const started = process.hrtime.bigint();
  await db.run(sql);
  return Number(process.hrtime.bigint() - started) / 1e9;
};
const row = async (sql) => (await db.runAndReadAll(sql)).getRowObjectsJson()[0];

const load = await seconds(`
  create type kind as enum ('view', 'click', 'engaged_view');
  create table rule as select * from read_csv(${file("rules.csv")}, header = true,
    columns = {campaign: 'INTEGER', kind: 'kind', window_ms: 'BIGINT', priority: 'BIGINT'});
  create table touch as select * from read_csv(${file("touches.csv")}, header = true,
    columns = {id: 'BIGINT', customer: 'BIGINT', time: 'BIGINT', campaign: 'INTEGER', channel: 'INTEGER', kind: 'kind'});
  create table conversion as select * from read_csv(${file("conversions.csv")}, header = true,
    columns = {id: 'BIGINT', customer: 'BIGINT', time: 'BIGINT', kind: 'VARCHAR', order_id: 'BIGINT', minor: 'BIGINT', currency: 'VARCHAR'});`);

const eligible = `from conversion c join touch t on t.customer = c.customer and t.time <= c.time
  join rule r on r.campaign = t.campaign and r.kind = t.kind and c.time - t.time <= r.window_ms`;

// A: the greatest eligible touch by (priority, time), as one number: a time has 42 bits.
const best = `create or replace table a as
  select c.id as conversion, arg_max(t.id, r.priority * 4398046511104 + t.time) as touch ${eligible} group by c.id`;
// B: the credit of every eligible touch by time decay.
const decay = `create or replace table b as
  select conversion, touch, weight / sum(weight) over (partition by conversion) as weight from (
    select c.id as conversion, t.id as touch, pow(2, -(c.time - t.time) / ${halfLifeMs}.0) as weight ${eligible})`;

const times = { a: [], b: [] };
for (let round = 0; round < rounds; round++) {
  times.a.push(await seconds(best));
  times.b.push(await seconds(decay));
}

// Ours, and what differs: rows that only one side has; weights by more than 1e-8 (ours are written with nine decimals); money that
// is not the weighed value rounded up or down.
await db.run(`
  create table ours as select * from read_csv([${file("A.csv")}, ${file("B.csv")}], header = true, filename = true,
    columns = {conversion: 'BIGINT', campaign: 'INTEGER', touch: 'BIGINT', rank: 'INTEGER', minor: 'BIGINT', weight: 'DOUBLE',
      reason: 'VARCHAR', rule: 'VARCHAR', version: 'INTEGER'});
  create view ours_a as select * from ours where filename like '%A.csv' and reason = 'credited';
  create view ours_b as select * from ours where filename like '%B.csv' and reason = 'credited';`);
const differ = {
  a: await row(`select count(*)::INTEGER as rows, count(*) filter (o.touch is distinct from a.touch)::INTEGER as differ
    from a full join ours_a o on o.conversion = a.conversion`),
  b: await row(`select count(*)::INTEGER as rows,
      count(*) filter (o.weight is null or b.weight is null or abs(o.weight - b.weight) > 1e-8
        or abs(o.minor - b.weight * c.minor) > 1)::INTEGER as differ, max(abs(o.weight - b.weight)) as worst
    from b full join ours_b o on o.conversion = b.conversion and o.touch = b.touch
      left join conversion c on c.id = coalesce(b.conversion, o.conversion)`),
};
const version = (await row("select version() as version")).version;
console.log(
  JSON.stringify({
    engine: `DuckDB ${version}`,
    threads,
    load,
    best: { seconds: Math.min(...times.a), rounds: times.a, ...differ.a },
    decay: { seconds: Math.min(...times.b), rounds: times.b, ...differ.b },
  }),
);
process.exitCode = differ.a.differ + differ.b.differ > 0 || differ.a.rows === 0 || differ.b.rows === 0 ? 1 : 0;
