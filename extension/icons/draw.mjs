/**
 * The toolbar and store icons, drawn from src/mark.json without an image library: paths become
 * polygons, polygons become coverage by sampling, coverage becomes a PNG.
 */
import { readFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";

/** The mark in a box of 16 × 16. */
const mark = JSON.parse(readFileSync(new URL("../src/mark.json", import.meta.url), "utf8"));
const BOX = 16;
const SAMPLES = 8;
const CURVE_STEPS = 16;

/** The store's tile: a rounded square of 15.5 around the mark. */
const TILE =
  "M3.5 0.25H12.5Q15.75 0.25 15.75 3.5V12.5Q15.75 15.75 12.5 15.75H3.5Q0.25 15.75 0.25 12.5V3.5Q0.25 0.25 3.5 0.25Z";

const plain = (quotes, line) => [
  { path: mark.quotes, fill: quotes },
  ...(line ? [{ path: mark.line, fill: line }] : []),
];

/** Name → layers, painted in order. A layer in the tile is scaled about the middle. */
const VARIANTS = {
  "on-light": { sizes: [16, 24, 32, 48], layers: plain("#2a2723", "#6a41b3") },
  "on-dark": { sizes: [16, 24, 32, 48], layers: plain("#ece9e3", "#b3a4fa") },
  // One grey that holds on light and dark toolbars: the manifest cannot tell them apart.
  off: { sizes: [16, 24, 32, 48], layers: plain("#8b8985", null) },
  app: {
    sizes: [16, 32, 48, 128],
    layers: [
      { path: TILE, fill: "#f7f4ee" },
      ...plain("#2a2723", "#6a41b3").map((layer) => ({ ...layer, inTile: true })),
    ],
  },
};

/** Every icon as `[file name, PNG bytes]`. */
export function icons() {
  return Object.entries(VARIANTS).flatMap(([name, { sizes, layers }]) =>
    sizes.map((size) => [`${name}-${size}.png`, png(size, render(size, layers))]),
  );
}

/** Absolute M, L, H, V, Q, C and Z, which is all that the mark uses. Returns polygons. */
function polygons(path) {
  const tokens = path.match(/[MLHVQCZ]|-?[\d.]+/g) ?? [];
  const found = [];
  let polygon = [];
  let [x, y, command, i] = [0, 0, "", 0];
  const number = () => Number(tokens[i++]);
  const to = (nextX, nextY) => {
    polygon.push([nextX, nextY]);
    [x, y] = [nextX, nextY];
  };
  while (i < tokens.length) {
    if (/[A-Z]/.test(tokens[i])) command = tokens[i++];
    if (command === "Z") {
      found.push(polygon);
      polygon = [];
    } else if (command === "H") to(number(), y);
    else if (command === "V") to(x, number());
    else if (command === "Q" || command === "C") {
      const points = [[x, y]];
      for (let n = command === "Q" ? 2 : 3; n > 0; n--) points.push([number(), number()]);
      for (let step = 1; step <= CURVE_STEPS; step++) to(...bezier(points, step / CURVE_STEPS));
    } else to(number(), number());
  }
  return found;
}

/** De Casteljau: a point on a curve of any degree. */
function bezier(points, t) {
  if (points.length === 1) return points[0];
  return bezier(
    points
      .slice(1)
      .map(([x, y], i) => [points[i][0] + (x - points[i][0]) * t, points[i][1] + (y - points[i][1]) * t]),
    t,
  );
}

/** RGBA bytes, not premultiplied. */
function render(size, layers) {
  const pixels = new Float64Array(size * size * 4);
  for (const { path, fill, inTile } of layers) {
    const fit = !inTile ? 1 : size <= 32 ? 0.8 : 0.62;
    const scale = (size / BOX) * fit;
    // The mark's own middle is half a unit above the box's.
    const shift = fit === 1 ? [0, 0] : [(size - BOX * scale) / 2, (size - (BOX - 1) * scale) / 2];
    const shape = polygons(path).map((polygon) =>
      polygon.map(([x, y]) => [x * scale + shift[0], y * scale + shift[1]]),
    );
    const colour = [1, 3, 5].map((at) => Number.parseInt(fill.slice(at, at + 2), 16));
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) blend(pixels, (y * size + x) * 4, colour, coverage(shape, x, y));
    }
  }
  return Uint8Array.from(pixels, Math.round);
}

/** Source over destination at one pixel. */
function blend(pixels, at, colour, alpha) {
  if (alpha === 0) return;
  const under = (pixels[at + 3] / 255) * (1 - alpha);
  const sum = alpha + under;
  for (let c = 0; c < 3; c++) pixels[at + c] = (colour[c] * alpha + pixels[at + c] * under) / sum;
  pixels[at + 3] = sum * 255;
}

/** How much of a pixel lies inside, from 0 to 1. */
function coverage(shape, x, y) {
  let inside = 0;
  for (let j = 0; j < SAMPLES; j++) {
    for (let i = 0; i < SAMPLES; i++) {
      if (contains(shape, x + (i + 0.5) / SAMPLES, y + (j + 0.5) / SAMPLES)) inside++;
    }
  }
  return inside / SAMPLES ** 2;
}

/** Even-odd rule. */
function contains(shape, x, y) {
  let odd = false;
  for (const polygon of shape) {
    for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
      const [ax, ay] = polygon[i];
      const [bx, by] = polygon[j];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
    }
  }
  return odd;
}

function png(size, rgba) {
  const rows = Buffer.alloc(size * (size * 4 + 1));
  for (let y = 0; y < size; y++)
    rows.set(rgba.subarray(y * size * 4, (y + 1) * size * 4), y * (size * 4 + 1) + 1);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8); // eight bits a channel, RGBA
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const image = deflateSync(rows, { level: 9 });
  return Buffer.concat([
    signature,
    chunk("IHDR", head),
    chunk("IDAT", image),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
