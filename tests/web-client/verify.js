// Signs and verifies deliveries with the npm package standardwebhooks: {"signed":[...],"verified":[...]} on standard output.
// usage: node verify.js '[{"secret":"whsec_...","id":"msg_1","timestamp":"1","signature":"v1,...","body":"{}"}]'
import { Webhook } from "standardwebhooks";

const signed = [];
const verified = [];
for (const { secret, id, timestamp, signature, body } of JSON.parse(process.argv[2])) {
  const hook = new Webhook(secret);
  signed.push(hook.sign(id, new Date(Number(timestamp) * 1000), body));
  try {
    hook.verify(body, { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature });
    verified.push(true);
  } catch {
    verified.push(false);
  }
}
console.log(JSON.stringify({ signed, verified }));
