// The peers: each compiles an expression to a function of the request, which it is given as plain JavaScript objects.
import { Environment } from "@marcbachmann/cel-js";
import { CelScalar, celEnv, isCelError, mapType, parse, plan } from "@bufbuild/cel";
import { readFileSync } from "node:fs";

const versions = JSON.parse(readFileSync(new URL("package.json", import.meta.url))).dependencies;

export const engines = {
  "@marcbachmann/cel-js": (request) => {
    const environment = new Environment().registerVariable("request", "map");
    const variables = { request };
    return (text) => {
      const program = environment.parse(text);
      return () => program(variables);
    };
  },
  "@bufbuild/cel": (request) => {
    const environment = celEnv({ variables: { request: mapType(CelScalar.STRING, CelScalar.DYN) } });
    const variables = { request };
    return (text) => {
      const program = plan(environment, parse(text));
      return () => {
        const value = program(variables);
        if (isCelError(value)) throw value;
        return value;
      };
    };
  },
};

export const versionOf = (name) => versions[name];
