// Opens every page in a headless browser, in every view, and prints what it saw as JSON. It judges nothing.
// Usage: node audit.mjs PLAN.json, where PLAN is {modules, chromium, pages: [{name, path, hostile, first}]}.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const plan = JSON.parse(await readFile(process.argv[2], "utf8"));
const require = createRequire(pathToFileURL(`${plan.modules}/`));
const { chromium } = require("playwright-core");
const axe = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");

const VIEWS = {
  light: { viewport: { width: 1280, height: 800 }, colorScheme: "light" },
  dark: { viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  narrow: { viewport: { width: 390, height: 844 }, colorScheme: "light" },
};
const A4 = { width: 672, height: 1001 }; // pixels between margins of 16 mm

const browser = await chromium.launch({ executablePath: plan.chromium, args: ["--no-sandbox", "--disable-gpu"] });

// A page in a context of its own, with everything it asked for, complained of or popped up.
async function opened(file, options, act, route) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const seen = { requests: [], errors: [], dialogs: [] };
  const address = pathToFileURL(file).href;
  page.on("request", (request) => {
    const url = request.url();
    if (url !== address && !url.startsWith("data:")) seen.requests.push(url);
  });
  page.on("console", (message) => message.type() === "error" && seen.errors.push(message.text()));
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("dialog", (dialog) => {
    seen.dialogs.push(dialog.message());
    dialog.dismiss();
  });
  if (route) await page.route(address, route);
  await page.goto(address);
  const found = await act(page);
  await context.close();
  return { ...seen, ...found };
}

const unfold = (page) =>
  page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));

const width = (page) =>
  page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, window: window.innerWidth }));

async function view(page, { first, hostile }) {
  const firstScreen = await page.evaluate(
    (selectors) =>
      Object.fromEntries(
        selectors.map((selector) => {
          const box = document.querySelector(selector)?.getBoundingClientRect();
          return [selector, box ? { top: box.top, bottom: box.bottom, height: box.height } : null];
        }),
      ),
    first,
  );
  const words = await page.evaluate(() => {
    const range = document.createRange();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let count = 0;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      const shown = box.height > 1 && box.width > 1 && box.left >= 0 && box.bottom <= window.innerHeight;
      if (shown && node.parentElement.checkVisibility() && !node.parentElement.closest("svg,script,style,nav,figcaption,.counts,.hidden,.part"))
        count += node.textContent.trim().split(/\s+/).filter(Boolean).length;
    }
    return count;
  });
  await unfold(page);
  if (hostile) return { width: await width(page) };
  await page.evaluate(axe);
  const report = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations", "incomplete"] }));
  const brief = (results) =>
    page.evaluate(
      (rules) =>
        rules.flatMap((rule) =>
          rule.nodes.map((node) => ({
            rule: rule.id,
            where: node.target.join(" "),
            inside: document.querySelector(node.target[0])?.closest(".shape,svg.plot")?.getAttribute("class") ?? "",
            why: node.failureSummary,
          })),
        ),
      results,
    );
  return {
    firstScreen,
    words,
    width: await width(page),
    violations: await brief(report.violations),
    incomplete: await brief(report.incomplete),
  };
}

const structure = (page) =>
  page.evaluate(() => {
    const all = [...document.querySelectorAll("*")];
    const links = [...document.querySelectorAll("a[href]")].map((link) => link.getAttribute("href"));
    return {
      title: document.title,
      names: [...new Set(all.map((element) => element.localName))],
      scripts: [...document.scripts].map((script) => script.type),
      handlers: all.flatMap((element) => element.getAttributeNames().filter((name) => name.startsWith("on"))),
      links,
      dangling: links.filter((link) => link.startsWith("#") && !document.getElementById(link.slice(1))),
      text: document.body.textContent,
    };
  });

async function bare(file) {
  const forbid = { "content-type": "text/html", "content-security-policy": "default-src 'none'; sandbox" };
  const body = await readFile(file, "utf8");
  return opened(
    file,
    { ...VIEWS.light, javaScriptEnabled: false },
    async (page) => ({
      text: await page.evaluate(() => document.body.innerText),
      styled: await page.evaluate(() => getComputedStyle(document.body).margin !== "8px"),
      largestDecoration: await page.evaluate(() =>
        Math.max(0, ...[...document.querySelectorAll("svg[aria-hidden]")].map((svg) => svg.getBoundingClientRect().width)),
      ),
    }),
    (route) => route.fulfill({ headers: forbid, body }),
  );
}

async function printed(page) {
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const found = await page.evaluate(() => ({
    figures: [...document.querySelectorAll("figure svg.plot")].map((svg) => {
      const box = svg.getBoundingClientRect();
      const text = [...svg.querySelectorAll("text")].map((each) => each.getBoundingClientRect());
      return {
        left: Math.min(box.left, ...text.map((each) => each.left)),
        right: Math.max(box.right, ...text.map((each) => each.right)),
        height: svg.closest("figure").getBoundingClientRect().height,
        kept: getComputedStyle(svg.closest("figure")).breakInside,
      };
    }),
    folded: [...document.querySelectorAll("details > :not(summary)")].filter(
      (element) => !element.checkVisibility({ contentVisibilityAuto: true }) || !element.getBoundingClientRect().height,
    ).length,
    ground: getComputedStyle(document.body).backgroundColor,
  }));
  const pdf = await page.pdf({ format: "A4", preferCSSPageSize: true });
  return { ...found, width: await width(page), pdf: pdf.subarray(0, 5).toString("latin1") };
}

const results = {};
for (const { name, path, hostile, first } of plan.pages) {
  const views = {};
  for (const [label, options] of Object.entries(VIEWS))
    views[label] = await opened(path, options, (page) => view(page, { first, hostile }));
  // Without its policy, so that nothing but escaping keeps a hostile text from running.
  results[name] = { views, structure: await opened(path, { ...VIEWS.light, bypassCSP: true }, structure) };
  if (!hostile) {
    results[name].bare = await bare(path);
    results[name].print = await opened(path, { viewport: A4, colorScheme: "dark" }, printed);
  }
}
await browser.close();
process.stdout.write(JSON.stringify(results));
