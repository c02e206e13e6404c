/**
 * Runs a Lambda handler of Node.js: asks the Runtime API for events, calls the handler, posts what comes of it. AWS Lambda Runtime API
 * 2018-06-01; handlers and context as in the Lambda developer guide, "Define Lambda function handler in Node.js". Sent over as its own text
 * (bootstrap-source.ts), so it uses nothing of this file's surroundings; Python's is bootstrap.py. What the process may do is decided by who
 * starts it (isolation.ts).
 */
import type * as fs from 'node:fs';
import type * as http from 'node:http';
import type * as nodeModule from 'node:module';
import type * as path from 'node:path';
import type * as url from 'node:url';
import type * as util from 'node:util';

export interface NodeModules {
  readonly fs: typeof fs;
  readonly http: typeof http;
  readonly module: typeof nodeModule;
  readonly path: typeof path;
  readonly url: typeof url;
  readonly util: typeof util;
  /** `import()`, which must stand in the text itself. */
  readonly load: (address: string) => Promise<unknown>;
}

export async function runHandlers({ fs, http, module, path, url, util, load }: NodeModules): Promise<void> {
  type Callback = (error: unknown, result?: unknown) => void;
  type Handler = (event: unknown, context: object, callback: Callback) => unknown;
  type Ending = { readonly result: unknown } | { readonly error: unknown };
  interface Answer {
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
    readonly text: string;
  }

  const { env } = process;
  const SOCKET = (env['AWS_LAMBDA_RUNTIME_API'] ?? '').replace(/^unix:/, '');
  const ENDINGS = ['.js', '.mjs', '.cjs', '/index.js', '/index.mjs', '/index.cjs', ''];
  /** AWS: how a process ends that its own code has broken. */
  const CRASHED = 129;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  let current: string | undefined;

  function ask(method: string, place: string, body?: string): Promise<Answer> {
    return new Promise((fulfil, reject) => {
      const headers = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
      const target = `/2018-06-01/runtime${place}`;
      const asked = http.request({ socketPath: SOCKET, agent, method, path: target, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => fulfil({ headers: response.headers, text: Buffer.concat(chunks).toString() }));
      });
      asked.on('error', reject);
      asked.end(body);
    });
  }

  function named(name: string, message: string): Error {
    return Object.assign(new Error(message), { name });
  }

  function told(error: unknown): {
    readonly errorType: string;
    readonly errorMessage: string;
    readonly trace: readonly string[];
  } {
    if (!isError(error)) return { errorType: typeof error, errorMessage: util.format('%s', error), trace: [] };
    return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
  }

  /** Whatever realm it is of. */
  function isError(value: unknown): value is Error {
    return Object.prototype.toString.call(value) === '[object Error]' || value instanceof Error;
  }

  function show(level: string, ...values: readonly unknown[]): void {
    const text = util.format(...values).replaceAll('\n', '\r');
    process.stdout.write(`${new Date().toISOString()}\t${current ?? 'undefined'}\t${level}\t${text}\n`);
  }

  /** AWS: each call of console is one line, with time, request and level before it. */
  function patchConsole(): void {
    const levels = { log: 'INFO', info: 'INFO', debug: 'DEBUG', trace: 'TRACE', warn: 'WARN', error: 'ERROR' } as const;
    for (const [name, level] of Object.entries(levels)) {
      (console as unknown as Record<string, unknown>)[name] = (...values: unknown[]): void => show(level, ...values);
    }
  }

  async function loadHandler(): Promise<Handler> {
    const asked = env['_HANDLER'] ?? '';
    const [, moduleName, exportPath = ''] = /^([^.]*)\.(.+)$/.exec(path.basename(asked)) ?? [];
    if (moduleName === undefined) throw named('Runtime.MalformedHandlerName', `Bad handler: ${asked}`);
    const base = path.join(path.resolve(env['LAMBDA_TASK_ROOT'] ?? '.'), path.dirname(asked), moduleName);
    const file = ENDINGS.map((ending) => `${base}${ending}`).find((place) =>
      fs.statSync(place, { throwIfNoEntry: false })?.isFile(),
    );
    if (file === undefined) throw named('Runtime.ImportModuleError', `Error: Cannot find module '${moduleName}'`);
    const loaded = await loadModule(file);
    const inDefault = (loaded as { readonly default?: unknown } | undefined)?.default;
    const handler = member(loaded, exportPath) ?? member(inDefault, exportPath);
    if (typeof handler !== 'function')
      throw named(
        'Runtime.HandlerNotFound',
        `${asked} is ${handler === undefined ? 'undefined or not exported' : 'not a function'}`,
      );
    return handler as Handler;
  }

  function member(value: unknown, names: string): unknown {
    return names
      .split('.')
      .reduce<unknown>(
        (found, name) => (found === null || found === undefined ? undefined : (found as Record<string, unknown>)[name]),
        value,
      );
  }

  async function loadModule(file: string): Promise<unknown> {
    const { href } = url.pathToFileURL(file);
    if (file.endsWith('.mjs')) return load(href);
    try {
      return module.createRequire(file)(file) as unknown;
    } catch (error) {
      const { code, name, message } = error as Error & { readonly code?: string };
      const isModule =
        code === 'ERR_REQUIRE_ESM' ||
        code === 'ERR_REQUIRE_ASYNC_MODULE' ||
        (name === 'SyntaxError' && /import statement outside|Unexpected token 'export'|import\.meta/.test(message));
      if (!isModule) throw error;
      return load(href);
    }
  }

  function contextOf(headers: Answer['headers'], end: (ending: Ending) => void) {
    const deadline = Number(headers['lambda-runtime-deadline-ms']);
    const done: Callback = (error, result) => end(error === null || error === undefined ? { result } : { error });
    return {
      callbackWaitsForEmptyEventLoop: true,
      functionName: env['AWS_LAMBDA_FUNCTION_NAME'],
      functionVersion: env['AWS_LAMBDA_FUNCTION_VERSION'],
      invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
      memoryLimitInMB: env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
      awsRequestId: headers['lambda-runtime-aws-request-id'],
      logGroupName: env['AWS_LAMBDA_LOG_GROUP_NAME'],
      logStreamName: env['AWS_LAMBDA_LOG_STREAM_NAME'],
      getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
      done,
      fail: (error: unknown) => end({ error }),
      succeed: (result: unknown) => end({ result }),
    };
  }

  /** How the run ends: once, whichever of promise, callback and context says so first. */
  function run(handler: Handler, { headers, text }: Answer): Promise<Ending> {
    return new Promise((fulfil) => {
      let waiting: Ending | undefined;
      const settle = (ending: Ending): void => {
        process.removeListener('beforeExit', whenEmpty);
        fulfil(ending);
      };
      // AWS: where nothing will ever happen any more, the answer is null.
      const whenEmpty = (): void => settle(waiting ?? { result: null });
      const context = contextOf(headers, (ending) => {
        if (waiting !== undefined) return;
        waiting = ending;
        // AWS: whoever calls back is answered when the event loop is empty, unless it says otherwise.
        if (!context.callbackWaitsForEmptyEventLoop) setImmediate(settle, ending);
      });
      process.on('beforeExit', whenEmpty);
      try {
        const returned = handler(JSON.parse(text), context, context.done) as Partial<Promise<unknown>> | undefined | null;
        if (typeof returned?.then === 'function')
          (returned as Promise<unknown>).then(
            (result) => settle({ result }),
            (error: unknown) => settle({ error }),
          );
      } catch (error) {
        settle({ error });
      }
    });
  }

  async function post(id: string, ending: Ending): Promise<void> {
    if ('error' in ending) {
      const about = JSON.stringify(told(ending.error));
      show('ERROR', `Invoke Error \t${about}`);
      await ask('POST', `/invocation/${id}/error`, about);
      return;
    }
    let text: string;
    try {
      text = JSON.stringify(ending.result) ?? 'null';
    } catch (error) {
      await post(id, { error: named('Runtime.MarshalError', `Unable to stringify response body: ${util.format('%s', error)}`) });
      return;
    }
    await ask('POST', `/invocation/${id}/response`, text);
  }

  async function crash(error: unknown): Promise<never> {
    const about = JSON.stringify(told(error));
    try {
      show('ERROR', `Uncaught Exception \t${about}`);
      await ask('POST', current === undefined ? '/init/error' : `/invocation/${current}/error`, about);
    } finally {
      process.exit(CRASHED);
    }
  }

  const own = path.join(env['LAMBDA_RUNTIME_DIR'] ?? '.', 'environment.json');
  if (fs.existsSync(own)) Object.assign(env, JSON.parse(fs.readFileSync(own, 'utf8')));
  patchConsole();
  process.on('uncaughtException', (error) => void crash(error));
  process.on('unhandledRejection', (reason) => {
    const { errorMessage, trace } = told(reason);
    void crash(Object.assign(named('Runtime.UnhandledPromiseRejection', errorMessage), { stack: trace.join('\n') }));
  });
  const handler = await loadHandler().catch(crash);
  for (;;) {
    // Where nobody answers any more, whoever ran this has gone.
    const next = await ask('GET', '/invocation/next').catch(() => process.exit(0));
    const id = String(next.headers['lambda-runtime-aws-request-id']);
    current = id;
    await post(id, await run(handler, next)).catch(() => process.exit(0));
    current = undefined;
  }
}
