/**
 * The Lambda Runtime API, as one process of a function sees it: over a socket of its own, so that it can speak for itself alone. AWS Lambda
 * developer guide, "Using the Lambda runtime API" (2018-06-01). What its process is and how long a run may take: function-process.ts.
 */
import { chmodSync, chownSync } from 'node:fs';
import type { Bytes } from '../../model/units.ts';
import { LAMBDA_QUOTAS } from '../../tables/lambda-edge.ts';

export interface Invocation {
  readonly id: string;
  /** JSON. */
  readonly event: string;
  /** On the clock of the world. */
  readonly deadline: number;
  readonly arn: string;
}

export type Posted =
  | { readonly kind: 'result'; readonly text: string }
  /** JSON of errorType, errorMessage and a trace. */
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'too-large'; readonly length: Bytes };

export interface RuntimeApiHandlers {
  /** It asks for an event: it has nothing left to do. */
  idle(): void;
  /** Of the invocation that it was given last. */
  posted(what: Posted): void;
  initFailed(text: string): void;
}

export interface RuntimeApi {
  /** Answers the question for an event that is waiting. */
  give(invocation: Invocation): void;
  close(): void;
}

/** Whoever has nothing to do waits as long as it takes. Bun's types do not know the setting for Unix sockets, where it counts as well. */
const PATIENT: object = { idleTimeout: 0 };

const PREFIX = '/2018-06-01/runtime/';

/** `owner`: the user of the process; nobody else may connect. */
export function serveRuntimeApi(socket: string, owner: number | undefined, handlers: RuntimeApiHandlers): RuntimeApi {
  let waiting: PromiseWithResolvers<Response> | undefined;
  let current: Invocation | undefined;

  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const [resource = '', id = '', what = ''] = pathname.startsWith(PREFIX) ? pathname.slice(PREFIX.length).split('/') : [];
    if (request.method === 'GET' && resource === 'invocation' && id === 'next') return next();
    if (request.method !== 'POST') return refused(404);
    if (resource === 'init' && id === 'error') {
      handlers.initFailed((await readBounded(request)).text ?? '');
      return accepted();
    }
    // AWS: whoever answers for another invocation than its own is told so.
    if (resource !== 'invocation' || id !== current?.id || (what !== 'response' && what !== 'error')) return refused(400);
    const { text, length } = await readBounded(request);
    if (text === undefined) handlers.posted({ kind: 'too-large', length });
    else handlers.posted({ kind: what === 'response' ? 'result' : 'error', text });
    return text === undefined ? refused(413) : accepted();
  }

  function next(): Promise<Response> {
    current = undefined;
    waiting = Promise.withResolvers();
    handlers.idle();
    return waiting.promise;
  }

  const server = Bun.serve({
    unix: socket,
    development: false,
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    fetch: answer,
    ...PATIENT,
  });
  if (owner === undefined) chmodSync(socket, 0o600);
  else {
    chownSync(socket, owner, owner);
    chmodSync(socket, 0o600);
  }

  return {
    give(invocation) {
      current = invocation;
      waiting?.resolve(
        new Response(invocation.event, {
          headers: {
            'content-type': 'application/json',
            'lambda-runtime-aws-request-id': invocation.id,
            'lambda-runtime-deadline-ms': String(invocation.deadline),
            'lambda-runtime-invoked-function-arn': invocation.arn,
          },
        }),
      );
      waiting = undefined;
    },
    close: () => void server.stop(true),
  };
}

/** The body, unless it is longer than Lambda allows: then nothing more of it is read. */
async function readBounded(request: Request): Promise<{ readonly text: string | undefined; readonly length: Bytes }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const body: AsyncIterable<Uint8Array> = request.body ?? nothing();
  for await (const chunk of body) {
    length += chunk.byteLength;
    if (length > LAMBDA_QUOTAS.payloadLength) return { text: undefined, length };
    chunks.push(chunk);
  }
  return { text: Buffer.concat(chunks).toString(), length };
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // A request without a body.
}

function accepted(): Response {
  return Response.json({ status: 'OK' }, { status: 202 });
}

function refused(status: number): Response {
  return Response.json({ errorType: 'InvalidRequest', errorMessage: 'There is no such thing here.' }, { status });
}
