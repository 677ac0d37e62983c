// Asks Authorization/Check as Envoy does, by the message definitions that Envoy publishes (they come with grpc-js-xds).
// node check.js HOST:PORT: one CheckRequest as JSON a line in, one {response} or {code, details} a line out.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";

const require = createRequire(import.meta.url);
const deps = join(dirname(require.resolve("@grpc/grpc-js-xds/package.json")), "deps");
const definition = loader.loadSync("envoy/service/auth/v3/external_auth.proto", {
  includeDirs: ["envoy-api", "googleapis", "xds", "protoc-gen-validate"].map((name) => join(deps, name)),
  keepCase: true,
  enums: String,
  oneofs: true,
});
const { Authorization } = grpc.loadPackageDefinition(definition).envoy.service.auth.v3;
const client = new Authorization(process.argv[2], grpc.credentials.createInsecure());

const check = (request) =>
  new Promise((resolve) =>
    client.Check(request, { deadline: Date.now() + 10000 }, (error, response) =>
      resolve(error ? { code: error.code, details: error.details } : { response }),
    ),
  );

for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(JSON.stringify(await check(JSON.parse(line))) + "\n");
client.close();
