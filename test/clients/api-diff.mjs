#!/usr/bin/env node
// The Engine API of two engines: asks both the same requests and tells where their answers differ (status, fields of the head, JSON,
// texts of errors).
//
//   api-diff.mjs REAL_SOCKET OUR_SOCKET [FILE...]
//
// Both need the image busybox. A FILE (by default api-diff.txt) has a request a line: `METHOD /path [JSON body] [=> name=field]`. `=> c=Id`
// keeps a field of the answer, which later lines write as {c}. Other lines: `# comment`, `@ms 300` waits, `@loose a,b` names fields of the
// next answer that are compared by their type alone, `@raw` compares the next answer as text, `@head name: value` adds a field to the next
// request, `@skip` leaves the answer out of the comparison. What differs from run to run (ids, times, addresses of links) is hidden.
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';

const [real, ours, ...files] = process.argv.slice(2);
if (!real || !ours) {
  console.error('usage: api-diff.mjs REAL_SOCKET OUR_SOCKET [FILE...]');
  process.exit(2);
}
if (files.length === 0) files.push(fileURLToPath(new URL('api-diff.txt', import.meta.url)));
/** How long an answer may take, milliseconds. */
const PATIENCE = 25_000;

/** Fields whose values belong to the machine or the moment: only their type counts. */
const LOOSE = new Set(
  `Created Size SizeRw SizeRootFs VirtualSize SharedSize Pid time timeNano CreatedAt NFd NGoroutines NEventsListener MemTotal NCPU SystemTime
  KernelVersion OperatingSystem OSVersion Architecture ServerVersion InitBinary GitCommit GoVersion BuildTime Version DriverStatus
  LayersSize SpaceReclaimed CgroupnsMode WorkingDir Processes`.split(/\s+/),
);

/** Fields that are not compared: they tell of the kernel, or of the image. */
const IGNORED = new Set(['KernelMemoryTCP', 'OomKillDisable', 'Env']);

const unquoted = (text) =>
  text
    .replace(/\b[0-9a-f]{64}\b/g, 'ID64')
    .replace(/\b[0-9a-f]{12}\b/g, 'ID12')
    .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, 'TIME')
    .replace(/\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, 'MAC')
    .replace(/veth[0-9a-f]{7}/g, 'VETH')
    .replace(/docker-import-\d+/g, 'docker-import-N')
    .replace(/(lookup \S+ on )\S+: (dial udp.*: connect: network is unreachable|no such host)/g, '$1SERVER')
    .replace(/[^" ]*\/netns\/(?=ID12)/g, '/netns/');

/** Asks one engine. @returns {status, head, body} */
function ask(socketPath, { method, path, body, head }) {
  return new Promise((resolve) => {
    const headers = { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...head };
    const call = request({ socketPath, method, path: encodeURI(path).replaceAll('%25', '%'), headers }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      const end = () =>
        resolve({ status: answer.statusCode, head: answer.headers, body: Buffer.concat(parts).toString('utf8') });
      answer.on('end', end);
      answer.on('aborted', end);
      answer.on('error', end);
    });
    call.on('upgrade', (answer, socket, first) => {
      const parts = [first];
      socket.on('data', (part) => parts.push(part));
      const end = () => resolve({ status: 101, head: answer.headers, body: Buffer.concat(parts).toString('latin1') });
      socket.on('close', end);
      socket.on('error', end);
      socket.end();
    });
    call.on('error', (error) => resolve({ status: 0, head: {}, body: String(error.message) }));
    const timer = setTimeout(() => call.destroy(new Error('no end in time')), PATIENCE);
    call.on('close', () => clearTimeout(timer));
    call.end(body);
  });
}

/** Reads a body: one JSON document, a stream of them, or a text. */
function parse(body) {
  try {
    return JSON.parse(body);
  } catch {
    const lines = body.trim().split(/\r?\n/);
    try {
      if (lines.length > 1) return lines.map((line) => JSON.parse(line));
    } catch {
      // a text
    }
    return body;
  }
}

/** Lists where two values differ. */
function compare(a, b, at, loose, out) {
  const field = /([^.[\]]+)(\[\d+\])*$/.exec(at)?.[1] ?? '';
  if (IGNORED.has(field)) return;
  const kind = (v) => (v === null ? 'null' : Array.isArray(v) ? 'list' : typeof v);
  if (kind(a) !== kind(b)) out.push(`${at}: ${show(a)} ≠ ${show(b)}`);
  else if (loose.has(field) || LOOSE.has(field)) return;
  else if (kind(a) === 'list') {
    if (a.length !== b.length) out.push(`${at}: ${a.length} items ≠ ${b.length}: ${show(a)} ≠ ${show(b)}`);
    else for (const [i, item] of a.entries()) compare(item, b[i], `${at}[${i}]`, loose, out);
  } else if (kind(a) === 'object') {
    const rename = (o) => Object.fromEntries(Object.entries(o).map(([key, value]) => [unquoted(key), value]));
    const [x, y] = [rename(a), rename(b)];
    for (const key of Object.keys(x)) {
      if (IGNORED.has(key)) continue;
      if (!(key in y)) out.push(`${at}.${key}: ${show(x[key])} ≠ absent`);
      else compare(x[key], y[key], `${at}.${key}`, loose, out);
    }
    for (const key of Object.keys(y)) if (!(key in x)) out.push(`${at}.${key}: absent ≠ ${show(y[key])}`);
  } else if (typeof a === 'string' ? unquoted(a) !== unquoted(b) : a !== b) out.push(`${at}: ${show(a)} ≠ ${show(b)}`);
}

function show(value) {
  const text = unquoted(JSON.stringify(value) ?? 'absent');
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

/** Fields of the head that are compared, with their values. */
function headOf({ head }) {
  const out = {};
  for (const [name, value] of Object.entries(head)) {
    if (name === 'date') continue;
    out[name] =
      name === 'content-length' || name === 'server' || name === 'x-docker-container-path-stat'
        ? '…'
        : unquoted(String(value));
  }
  return out;
}

const fieldOf = (answer, path) => path.split('.').reduce((value, key) => value?.[key], parse(answer.body));

const names = { real: {}, ours: {} };
const fill = (line, who) =>
  line
    .replace('{now}', String(Math.floor(Date.now() / 1000)))
    .replace(/\{(\w+)\}/g, (all, name) => names[who][name] ?? all);
let same = 0;
let different = 0;
let options = { loose: new Set(), head: {} };

for (const line of files.flatMap((file) => readFileSync(file, 'utf8').split('\n'))) {
  if (line.trim() === '' || line.startsWith('#')) continue;
  const word = /^@(\w+)\s*(.*)$/.exec(line);
  if (word) {
    const [, what, rest] = word;
    if (what === 'ms') await new Promise((resolve) => setTimeout(resolve, Number(rest)));
    else if (what === 'loose') options.loose = new Set(rest.split(','));
    else if (what === 'head') options.head[rest.split(':')[0]] = rest.slice(rest.indexOf(':') + 1).trim();
    else options[what] = true;
    continue;
  }
  const [, method, path, bodyText, keep] = /^(\S+) (\S+)(?: (?!=>)(.*?))?(?: => (.*))?$/.exec(line);
  const [a, b] = await Promise.all(
    [
      ['real', real],
      ['ours', ours],
    ].map(async ([who, socket]) => {
      const body = bodyText === undefined ? undefined : fill(bodyText, who);
      const answer = await ask(socket, { method, path: fill(path, who), body, head: options.head });
      for (const pair of keep?.split(' ') ?? []) {
        const [name, field] = pair.split('=');
        names[who][name] = fieldOf(answer, field);
      }
      return answer;
    }),
  );
  const out = [];
  if (!options.skip) {
    if (a.status !== b.status) out.push(`status: ${a.status} ${show(a.body)} ≠ ${b.status} ${show(b.body)}`);
    else {
      compare(headOf(a), headOf(b), 'head', new Set(), out);
      const text = (answer) => (options.raw ? answer.body : parse(answer.body));
      compare(text(a), text(b), '', options.loose, out);
    }
  }
  if (out.length === 0) same++;
  else {
    different++;
    console.log(`${line}\n${out.map((row) => `    ${row}\n`).join('')}`);
  }
  options = { loose: new Set(), head: {} };
}
console.log(`${same} passed, ${different} failed`);
process.exit(different === 0 ? 0 : 1);
