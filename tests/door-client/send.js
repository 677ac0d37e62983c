// Sends COUNT events with one sender, unmodified, and goes on until all are acknowledged. Prints a line for each hundred that are, and at
// the end their ids. Usage: node send.js segment|rudder|snowplow ADDRESS KEY COUNT
import { Analytics } from '@segment/analytics-node';
import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import { newInMemoryEventStore } from '@snowplow/tracker-core';
import { buildStructEvent, newTracker } from '@snowplow/node-tracker';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

const [, , sender, address, key, count] = process.argv;
const acknowledged = new Set();
const failures = [];

function acknowledge(id) {
  acknowledged.add(id);
  if (acknowledged.size % 100 === 0) console.log(JSON.stringify({ acknowledged: acknowledged.size }));
}

async function segment() {
  const client = new Analytics({ writeKey: key, host: address, flushAt: 100, flushInterval: 200, maxRetries: 30 });
  client.on('error', error => failures.push(String(error.reason ?? error)));
  for (let i = 0; i < count; i++) {
    client.track({ userId: `u-${i % 500}`, event: 'Sent', properties: { number: i } }, (error, context) =>
      error ? failures.push(String(error)) : acknowledge(context.event.messageId)
    );
    if (i % 100 === 99) await pause(20);
  }
  await client.closeAndFlush();
}

async function rudder() {
  const client = new RudderAnalytics(key, {
    dataPlaneUrl: address, flushAt: 100, flushInterval: 200, maxInternalQueueSize: 100000, retryCount: 30,
    axiosRetryConfig: { retryDelay: () => 200 }, logLevel: 'none', errorHandler: error => failures.push(String(error)),
  });
  for (let i = 0; i < count; i++) {
    const messageId = randomUUID();
    client.track({ messageId, userId: `u-${i % 500}`, event: 'Sent', properties: { number: i } }, error =>
      error ? failures.push(String(error)) : acknowledge(messageId)
    );
    if (i % 100 === 99) await pause(20);
  }
  while (acknowledged.size + failures.length < count) {
    await client.flush();
    await pause(50);
  }
}

async function snowplow() {
  const tracker = newTracker(
    { namespace: 'test', appId: 'test', encodeBase64: true },
    {
      endpoint: address, eventMethod: 'post', bufferSize: 50, customHeaders: { 'X-Api-Key': key },
      eventStore: newInMemoryEventStore({ maxSize: 100000 }),
      onRequestSuccess: events => events.forEach(event => acknowledge(event.eid)),
      onRequestFailure: failure => failure.willRetry || failures.push(failure.message),
    }
  );
  for (let i = 0; i < count; i++) {
    tracker.setUserId(`u-${i % 500}`);
    tracker.track(buildStructEvent({ category: 'test', action: 'sent', value: i }));
    if (i % 100 === 99) await pause(20);
  }
  while (acknowledged.size + failures.length < count) {
    await tracker.flush();
    await pause(50);
  }
}

await { segment, rudder, snowplow }[sender]();
// All of it must be out before the process ends; senders leave timers behind.
const result = JSON.stringify({ done: true, ids: [...acknowledged], failures });
process.stdout.write(`${result}\n`, () => process.exit(0));
