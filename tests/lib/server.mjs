/**
 * A small web server on 127.0.0.1 for one folder or a set of made-up pages.
 * Nothing outside the folder is ever served.
 */
import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdtemp, readFile, realpath, rm, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".htm": "text/html; charset=utf-8",
  ".xhtml": "application/xhtml+xml",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".pdf": "application/pdf",
};

const escapeHtml = (text) => text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);

/** Plain text as a simple page: paragraphs are what blank lines, or else line ends, part. */
export function textPage(text, title) {
  const clean = text.replace(/\r\n?/g, "\n").replace(/^\uFEFF/, "");
  const parts = clean.split(/\n\s*\n/.test(clean) ? /\n\s*\n/ : "\n");
  const body = parts.filter((part) => part.trim()).map((part) => `<p>${escapeHtml(part.trim())}</p>`);
  return `<!doctype html>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>body { max-width: 38em; margin: 3em auto; padding: 0 1.5em; font: 19px/1.6 Charter, Georgia, serif }</style>
<main><article>
${body.join("\n")}
</article></main>
`;
}

/**
 * The file that a request path means inside `root`, or null when there is none or it lies
 * outside (also by way of a symbolic link).
 */
export async function resolveInside(root, requestPath) {
  let decoded;
  try {
    decoded = decodeURIComponent(requestPath.split(/[?#]/, 1)[0]);
  } catch {
    return null;
  }
  if (decoded.includes("\0")) return null;
  try {
    const base = await realpath(root);
    const file = await realpath(path.join(base, path.normalize(`/${decoded}`)));
    const inside = file === base || file.startsWith(base.endsWith(path.sep) ? base : base + path.sep);
    return inside && (await stat(file)).isFile() ? file : null;
  } catch {
    return null;
  }
}

/** Answers with `file`; text files become simple pages. */
async function sendFile(response, file) {
  const extension = path.extname(file).toLowerCase();
  if (extension === ".txt" || extension === ".md") {
    const page = textPage(await readFile(file, "utf8"), path.basename(file));
    response.writeHead(200, { "content-type": TYPES[".html"], "cache-control": "no-store" }).end(page);
    return;
  }
  response.writeHead(200, {
    "content-type": TYPES[extension] ?? "application/octet-stream",
    "cache-control": "no-store",
  });
  createReadStream(file).on("error", () => response.destroy()).pipe(response);
}

/** A key and a certificate that nobody but itself vouches for; null where there is no OpenSSL to make them. */
export async function selfSigned() {
  const folder = await mkdtemp(path.join(os.tmpdir(), "hearsay-certificate-"));
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => path.join(folder, name));
  try {
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost"];
    await promisify(execFile)("openssl", ["req", "-x509", ...kind, "-days", "1", "-keyout", key, "-out", cert]);
    return { key: await readFile(key), cert: await readFile(cert) };
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Starts a server on a free port of 127.0.0.1.
 * `pages` maps a path ("/strict") to `{ body, type?, headers? }`; every other path is looked up in `root`, if given.
 * `tls`: a key and a certificate, as `selfSigned` makes them.
 * Returns the origin ("http://127.0.0.1:1234") and how to stop it.
 */
export async function serve({ root = null, pages = {}, tls = null } = {}) {
  const answer = async (request, response) => {
    try {
      const page = pages[request.url.split(/[?#]/, 1)[0]];
      if (page) {
        response
          .writeHead(200, { "content-type": page.type ?? TYPES[".html"], ...page.headers })
          .end(page.body);
        return;
      }
      const file = root && (await resolveInside(root, request.url));
      if (file) await sendFile(response, file);
      else response.writeHead(404, { "content-type": "text/plain" }).end("Not found\n");
    } catch {
      response.destroy();
    }
  };
  const server = tls ? createSecureServer(tls, answer) : createServer(answer);
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return {
    origin: `${tls ? "https" : "http"}://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
