/** The extension as it is, with a background that can be made to fail: for the tests of faults alone. */
import { cp, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { EXTENSION } from "./browser.mjs";

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Runs before the background. Counts the messages that come to it and those that it sends to pages, over
 * its lives, and ends its part in the world at each one that the plan names, in one of three ways by turns:
 * the message comes and nothing is done; it is dealt with, and the answer is lost; the answer is sent. Then
 * `fault.reached` resolves, and the test kills the worker.
 */
function prelude() {
  const { session } = chrome.storage;
  const fault = { plan: { every: 0, first: 0, count: 0, names: [], kills: [] } };
  globalThis.fault = fault;
  fault.reached = new Promise((resolve) => {
    fault.reach = resolve;
  });
  const known = session.get("fault").then((kept) => Object.assign(fault.plan, kept.fault));
  let over = false;
  let way = "";
  const here = async (name) => {
    await known;
    const { plan } = fault;
    plan.count += 1;
    plan.names.push(name);
    if (over || plan.every === 0 || plan.count % plan.every !== plan.first) return false;
    over = true;
    way = ["heard", "done", "answered"][(plan.first + plan.kills.length) % 3];
    plan.kills.push(`${plan.count} ${name} ${way}`);
    await session.set({ fault: plan });
    return true;
  };

  const { onMessage } = chrome.runtime;
  const addListener = onMessage.addListener.bind(onMessage);
  // A message is counted once, however many listen; the one that it is for says so.
  const listeners = [];
  onMessage.addListener = (listener) => {
    if (listeners.push(listener) > 1) return;
    addListener((message, sender, respond) => {
      const deal = (answer) => listeners.some((listener) => listener(message, sender, answer));
      here(message.type).then((hit) => {
        if (!hit) deal(respond);
        else if (way === "heard") fault.reach();
        else {
          deal((reply) => {
            if (way === "answered") respond(reply);
            fault.reach();
          });
        }
      });
      return true;
    });
  };

  const send = chrome.tabs.sendMessage.bind(chrome.tabs);
  const never = new Promise(() => {});
  chrome.tabs.sendMessage = async (tab, message, options) => {
    if (!(await here(`→ ${message.type}`))) return send(tab, message, options);
    const reply = way === "heard" ? null : await send(tab, message, options);
    fault.reach();
    return way === "answered" ? reply : never;
  };
}

/** Before every script of ours: between any two looks the clock is set forward or back by a year. */
function clock() {
  const Real = Date;
  let looks = 0;
  const now = () => Real.now() + (looks++ % 2 === 0 ? 1 : -1) * 365 * 24 * 3600_000;
  globalThis.Date = class extends Real {
    static now = now;

    constructor(...parts) {
      super(...(parts.length > 0 ? parts : [now()]));
    }
  };
}

/** Before the page's script: it hears of what is stored as late as can be, which is never. */
function deafness() {
  chrome.storage.onChanged.addListener = () => {};
}

/**
 * Makes a folder with such an extension, for `launch`. `moved`: with a clock that is set again and again;
 * `deaf`: its pages don't hear of what is stored.
 */
export async function faulty({ moved = false, deaf = false } = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), "hearsay-faults-"));
  await cp(EXTENSION, folder, { recursive: true });
  const file = path.join(folder, "manifest.json");
  const manifest = JSON.parse(await readFile(file, "utf8"));
  await writeFile(path.join(folder, "prelude.js"), `(${prelude})();\n`);
  const before = async (name, act) => {
    const script = path.join(folder, name);
    await writeFile(script, `(${act})();\n${await readFile(script, "utf8")}`);
  };
  for (const name of moved ? (await readdir(folder)).filter((one) => one.endsWith(".js")) : []) await before(name, clock);
  if (deaf) await before("content.js", deafness);
  await writeFile(path.join(folder, "faulty.js"), 'import "./prelude.js";\nimport "./background.js";\n');
  await writeFile(file, JSON.stringify({ ...manifest, background: { ...manifest.background, service_worker: "faulty.js" } }));
  return folder;
}

/** A plan that nothing comes of. */
const NONE = { every: 0, first: 0, count: 0, names: [], kills: [] };

/**
 * Sets a plan, and kills the background's worker wherever that says so, until `stop` is called, which
 * tells at which messages it was killed, and all that were counted. `own`: a page of the extension, by which
 * the plan is taken back then: a background of later would go by it, with nobody there to kill it.
 */
export async function killing(browser, own, plan) {
  await browser.inBackground(`(async () => {
    Object.assign(fault.plan, ${JSON.stringify({ ...NONE, ...plan })});
    await chrome.storage.session.set({ fault: fault.plan });
  })()`);
  let killed = [];
  let names = [];
  let ended = false;
  let end;
  const stopped = new Promise((resolve) => {
    end = resolve;
  });
  const kills = (async () => {
    while (!ended) {
      const worker = await Promise.race([browser.worker().catch(() => null), stopped]);
      if (!worker) continue;
      // It may end by itself, which ends the question too.
      const reached = worker.evaluate("fault.reached.then(() => fault.plan)").catch(() => null);
      const now = await Promise.race([reached, stopped]);
      if (!now) names = (await Promise.race([worker.evaluate("fault.plan.names"), sleep(500)])) ?? names;
      await worker.detach();
      if (!now) continue;
      names = now.names;
      killed = now.kills;
      await browser.killWorker();
    }
  })();
  return async function stop() {
    ended = true;
    end(null);
    await kills;
    await browser.killWorker();
    await own.evaluate((fault) => chrome.storage.session.set({ fault }), NONE);
    await browser.killWorker();
    return { killed, names };
  };
}
