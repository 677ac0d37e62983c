// Visits a page with a real browser and tells what came of it: one JSON object on standard output.
// usage: node visit.js CHROMIUM ORIGIN TARGET [no-script|no-cookies]
import { chromium } from "playwright-core";

const [program, origin, target, mode] = process.argv.slice(2);
const { hostname } = new URL(origin);
const browser = await chromium.launch({
  executablePath: program,
  // A name that is no loopback's: so it is no "secure context", as on any site without TLS.
  args: ["--no-sandbox", `--host-resolver-rules=MAP ${hostname} 127.0.0.1`],
});
try {
  const context = await browser.newContext({ javaScriptEnabled: mode !== "no-script" });
  const page = await context.newPage();
  page.setDefaultTimeout(120000); // of a busy machine
  const seen = [];
  const faults = [];
  page.on("response", (response) => {
    const { protocol, pathname } = new URL(response.url());
    if (protocol === "http:") seen.push(`${response.status()} ${pathname}`); // not the page's own threads
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => message.type() === "error" && !message.text().includes("the server responded with") && faults.push(message.text()));
  if (mode === "no-cookies")
    await page.route("**/*", async (route) => {
      const response = await route.fetch({ maxRedirects: 0 });
      const headers = response.headers();
      delete headers["set-cookie"];
      await context.clearCookies();
      await route.fulfill({ response, headers });
    });
  const started = Date.now();
  await page.goto(origin + target);
  if (mode !== "no-script")
    await page.waitForFunction(() => document.body && document.body.innerText.startsWith("site "), null).catch(() => {});
  const ms = Date.now() - started;
  const cookies = await context.cookies();
  console.log(JSON.stringify({
    ms, seen, faults,
    url: page.url().slice(origin.length),
    text: await page.innerText("body"),
    secure: await page.evaluate(() => isSecureContext).catch(() => null),
    cookies: cookies.map(({ name, value, httpOnly, sameSite }) => ({ name, value, httpOnly, sameSite })),
    agent: await page.evaluate(() => navigator.userAgent).catch(() => null),
  }));
} finally {
  await browser.close();
}
