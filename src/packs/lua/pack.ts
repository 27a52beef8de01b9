import { LuaFactory, type LuaGlobal, type LuaThread } from 'wasmoon';
import type { PackValue } from '../../abi/pack.ts';
import type { Pack, PackProgram, StartPack } from '../pack.ts';

type Request = { readonly [key: string]: PackValue };

/** lua_resume(3): the thread gave way. */
const YIELD = 1;
const OK = 0;

/**
 * Lua 5.4. Requests:
 * - `{op: 'run', code, name?, now?}`: runs a chunk in the one global environment → `{values}` or `{error}` (its text)
 * In Lua, `host(...)` asks the program, which is called with `{args}`, and returns what it answers: `{values}`, or
 * `{error}`, which is raised. Texts go over as UTF-8.
 */
class Lua implements Pack {
  readonly #global: LuaGlobal;
  readonly #memory: () => number;

  constructor(global: LuaGlobal, memory: () => number) {
    this.#global = global;
    this.#memory = memory;
  }

  memory(): number {
    return this.#memory();
  }

  async handle(request: PackValue, program: PackProgram): Promise<PackValue> {
    const asked = request as Request;
    if (asked.op !== 'run') throw new Error(`lua: unknown request ${String(asked.op)}`);
    if (typeof asked.now === 'number') {
      const { now } = asked;
      Date.now = () => now;
    }
    const thread = this.#global.newThread();
    const at = this.#global.getTop();
    try {
      thread.loadString(String(asked.code), String(asked.name ?? 'script'));
      return { values: await this.#resume(thread, program) };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    } finally {
      this.#global.remove(at);
    }
  }

  /** Runs to the end; where it gives way, the program is asked. */
  async #resume(thread: LuaThread, program: PackProgram): Promise<PackValue> {
    let given = 0;
    for (;;) {
      const { result, resultCount } = thread.resume(given);
      const values = [...thread.getStackValues(thread.getTop() - resultCount)].map(plain);
      if (result === OK) return values;
      if (result !== YIELD) thread.assertOk(result);
      thread.pop(resultCount);
      const answer = (await program.call({ args: values })) as Request;
      thread.pushValue(answer.error ?? undefined);
      const back = Array.isArray(answer.values) ? (answer.values as PackValue[]) : [];
      for (const value of back) thread.pushValue(value ?? undefined);
      given = back.length + 1;
    }
  }
}

/** Only what messages can carry. */
function plain(value: unknown): PackValue {
  try {
    return structuredClone(value) as PackValue;
  } catch {
    return String(value);
  }
}

/** `host` gives way to this file, which resumes it with an error or nil, and values. */
const HOST = `
local yield, select, error = coroutine.yield, select, error
local function back(failed, ...)
  if failed ~= nil then error(failed, 0) end
  return ...
end
function host(...) return back(yield(...)) end
`;

/** @param location where the library believes that its code is; undefined: beside it, as in Node */
export const makeLua =
  (location: string | undefined): StartPack =>
  async ({ files, memory }) => {
    const wasm = files['lua.wasm'];
    if (!wasm) throw new Error('lua: no code');
    // the library fetches its code: it gets what came with the pack
    const scope = globalThis as unknown as { fetch: unknown; WebAssembly: { instantiateStreaming: unknown } };
    const { fetch: realFetch } = scope;
    const { instantiateStreaming } = scope.WebAssembly;
    scope.fetch = async () => ({ ok: true, arrayBuffer: async () => wasm.slice().buffer });
    scope.WebAssembly.instantiateStreaming = undefined;
    try {
      const factory = new LuaFactory(location);
      const { module } = await factory.getLuaModule();
      const { global } = await factory.createEngine({ traceAllocations: true, enableProxy: false });
      global.setMemoryMax(memory);
      const chunk = global.newThread();
      chunk.loadString(HOST, 'host');
      chunk.resume(0);
      global.pop();
      return new Lua(global, () => module.HEAPU8.length);
    } finally {
      scope.fetch = realFetch;
      scope.WebAssembly.instantiateStreaming = instantiateStreaming;
    }
  };
