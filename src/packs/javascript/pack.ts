import variant from '@jitl/quickjs-wasmfile-release-asyncify';
import {
  newQuickJSAsyncWASMModuleFromVariant,
  newVariant,
  type QuickJSAsyncContext,
  type QuickJSAsyncRuntime,
  type QuickJSAsyncWASMModule,
  type QuickJSHandle,
} from 'quickjs-emscripten-core';
import type { PackValue } from '../../abi/pack.ts';
import type { Pack, PackProgram, StartPack } from '../pack.ts';

type Request = { readonly [key: string]: PackValue };

/** Bytes of stack that a script may take. */
const STACK = 512 * 1024;

/** One engine with its global object. */
interface Context {
  runtime: QuickJSAsyncRuntime;
  context: QuickJSAsyncContext;
}

/**
 * JavaScript (QuickJS). Requests:
 * - `{op: 'context', memory?}`: a new global object, with memory of its own limit → number
 * - `{op: 'eval', context, code, file?, module?, time?, now?}` → `{value}` or `{error: {name, message, stack}}`; `time`: ms
 *   after which it is interrupted (`InternalError: interrupted`); `now`: what Date.now() says. Jobs of promises are run to
 *   their end; a promise that is settled then stands for its value.
 * - `{op: 'close', context}`
 * In the script, `host(name, ...args)` asks the program, which is called with `{name, args}`, and waits for what it answers:
 * `{value}`, or `{error}`: a text that is thrown. Not from within a job of a promise. Values go over as JSON; of a value
 * that JSON has no words for, its text.
 */
class JavaScript implements Pack {
  readonly #module: QuickJSAsyncWASMModule;
  readonly #limit: number;
  readonly #contexts: Map<number, Context> = new Map();
  #next = 1;
  #program: PackProgram | undefined;

  constructor(module: QuickJSAsyncWASMModule, limit: number) {
    this.#module = module;
    this.#limit = limit;
  }

  memory(): number {
    return this.#module.getWasmMemory().buffer.byteLength;
  }

  async handle(request: PackValue, program: PackProgram): Promise<PackValue> {
    const asked = request as Request;
    this.#program = program;
    const { now } = asked;
    if (typeof now === 'number') Date.now = () => now;
    switch (asked.op) {
      case 'context':
        return this.#open(Number(asked.memory ?? this.#limit));
      case 'eval':
        return await this.#eval(asked);
      case 'close':
        return this.#close(Number(asked.context));
      default:
        throw new Error(`javascript: unknown request ${String(asked.op)}`);
    }
  }

  #open(memory: number): number {
    const runtime = this.#module.newRuntime();
    runtime.setMemoryLimit(memory);
    runtime.setMaxStackSize(STACK);
    const context = runtime.newContext();
    const host = context.newAsyncifiedFunction('host', async (name, ...args) => {
      const asked = { name: context.getString(name), args: args.map((arg) => context.dump(arg) as PackValue) };
      const answer = (await this.#program!.call(asked)) as Request | null | undefined;
      if (answer?.error !== undefined) throw new Error(String(answer.error));
      return fromJson(context, answer?.value);
    });
    context.setProp(context.global, 'host', host);
    host.dispose();
    const id = this.#next++;
    this.#contexts.set(id, { runtime, context });
    return id;
  }

  async #eval(asked: Request): Promise<PackValue> {
    const known = this.#contexts.get(Number(asked.context));
    if (!known) throw new Error(`javascript: no context ${String(asked.context)}`);
    const { runtime, context } = known;
    if (typeof asked.time === 'number') {
      const end = performance.now() + asked.time;
      runtime.setInterruptHandler(() => performance.now() > end);
    }
    try {
      const result = await context.evalCodeAsync(String(asked.code), String(asked.file ?? 'script.js'), {
        type: asked.module === true ? 'module' : 'global',
      });
      const failed = runtime.hasPendingJob() ? runtime.executePendingJobs().error : undefined;
      if (result.error) return { error: take(context, result.error) };
      if (failed) return { error: take(context, failed) };
      return settled(context, result.value);
    } finally {
      runtime.removeInterruptHandler();
    }
  }

  #close(id: number): PackValue {
    const known = this.#contexts.get(id);
    known?.context.dispose();
    known?.runtime.dispose();
    this.#contexts.delete(id);
    return null;
  }
}

/** What a handle holds, which goes. */
function take(context: QuickJSAsyncContext, handle: QuickJSHandle): PackValue {
  const value: unknown = context.dump(handle);
  handle.dispose();
  return plain(value);
}

/** The value, or what its promise came to; one that is not settled stays as `{promise: 'pending'}`. */
function settled(context: QuickJSAsyncContext, handle: QuickJSHandle): PackValue {
  const state = context.getPromiseState(handle);
  if (state.type === 'pending') {
    handle.dispose();
    return { promise: 'pending' };
  }
  if (state.type === 'rejected') {
    handle.dispose();
    return { error: take(context, state.error) };
  }
  if (state.notAPromise !== true) handle.dispose();
  return { value: take(context, state.value) };
}

/** Only what messages can carry. */
function plain(value: unknown): PackValue {
  try {
    return structuredClone(value) as PackValue;
  } catch {
    return String(value);
  }
}

function fromJson(context: QuickJSAsyncContext, value: PackValue): QuickJSHandle {
  switch (typeof value) {
    case 'undefined':
      return context.undefined;
    case 'number':
      return context.newNumber(value);
    case 'string':
      return context.newString(value);
    case 'boolean':
      return value ? context.true : context.false;
    case 'bigint':
      return context.newBigInt(value);
    default:
      return context.unwrapResult(context.evalCode(`(${JSON.stringify(value)})`));
  }
}

export const startJavaScript: StartPack = async ({ files, memory }) => {
  const wasm = files['quickjs.wasm'];
  if (!wasm) throw new Error('javascript: no code');
  const own = newVariant(variant, { wasmBinary: wasm.slice().buffer as ArrayBuffer });
  return new JavaScript(await newQuickJSAsyncWASMModuleFromVariant(own), memory);
};
