// Signs requests with the npm package web-bot-auth and tells the headers: a JSON array on standard output.
// usage: node sign.js '[{"url":"https://shop.example/a","method":"GET","headers":{},"created":1,"expires":2,"components":["@authority"]}]'
import { signatureHeaders } from "web-bot-auth";
import { signerFromJWK } from "web-bot-auth/crypto";

// RFC 9421, B.1.4: the RFC's own test key.
const key = {
  kty: "OKP", crv: "Ed25519", kid: "test-key-ed25519",
  d: "n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU", x: "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs",
};
const signer = await signerFromJWK(key);
const signed = [];
for (const { url, method, headers, created, expires, components } of JSON.parse(process.argv[2])) {
  const request = new Request(url, { method, headers });
  const made = await signatureHeaders(request, signer, {
    created: new Date(created * 1000), expires: new Date(expires * 1000), components,
  });
  signed.push({ ...headers, ...made });
}
console.log(JSON.stringify({ signed }));
