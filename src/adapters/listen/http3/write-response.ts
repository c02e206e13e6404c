/**
 * The edge's answer becomes Bun's Response: Content-Length, and a body that is pulled as the viewer takes it. RFC 9110 8.6
 * (Content-Length), 9.3.2 (HEAD), 15.4.5 (304). What the answer says was decided in edge/serve.ts.
 *
 * Bun.serve 1.4.5, measured: bytes without Content-Type get `application/octet-stream` unless they come as a stream; a stream
 * keeps its Content-Length when it is complete below its high-water mark, else it is sent without; repeated lines are joined,
 * Set-Cookie excepted, which goes first.
 */
import type { AnswerBody, EdgeAnswer } from '../../../edge/answer.ts';
import type { Fields } from '../../../http/fields.ts';
import type { Bytes } from '../../../model/units.ts';
import { sharedBody, untypedBody } from './shared-body.ts';

const NO_FIELDS: Fields = [];

export function writeResponse(answer: EdgeAnswer, isHead: boolean): Response {
  const { status, body } = answer;
  const headers: Record<string, string> = {};
  // Bun joins the values of a record's names with ", ", which Set-Cookie does not survive: those lines are kept apart.
  let cookies: string[] | undefined;
  let typed = false;
  const { fields, edgeFields = NO_FIELDS, ownFields = NO_FIELDS } = answer;
  for (const [name, value] of [...fields, ...edgeFields, ...ownFields]) {
    if (name === 'content-type') {
      // An empty value would be sent beside the type that Bun then makes up.
      if (value === '') continue;
      typed = true;
    } else if (name === 'set-cookie') {
      (cookies ??= []).push(value);
      continue;
    }
    const earlier = headers[name];
    headers[name] = earlier === undefined ? value : `${earlier}, ${value}`;
  }
  const withBody = (content: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | Blob | null): Response => {
    const response = new Response(content, { status, headers });
    for (const cookie of cookies ?? []) response.headers.append('set-cookie', cookie);
    return response;
  };

  switch (body.kind) {
    case 'none': {
      if (body.length !== undefined && (isHead || status === 304)) headers['content-length'] = String(body.length);
      // A HEAD answer of unknown length: an unread stream, since Bun would say `Content-Length: 0` of nothing.
      const unknown = isHead && body.length === undefined && status !== 204 && status !== 304;
      answer.delivered?.({ bodyBytes: 0, complete: true });
      return withBody(unknown ? new ReadableStream() : null);
    }
    case 'bytes': {
      const { bytes } = body;
      answer.delivered?.({ bodyBytes: isHead ? 0 : bytes.byteLength, complete: true });
      if (isHead) headers['content-length'] = String(bytes.byteLength);
      if (isHead || bytes.byteLength === 0 || status === 204 || status === 304) return withBody(null);
      return withBody(typed ? sharedBody(bytes) : untypedBody(bytes));
    }
    case 'tunnel':
      throw new Error('a tunnel was answered where none can be');
    case 'stream':
      return withBody(pulled(answer, body));
  }
}

/** One chunk for each pull: the viewer's pace is the body's. A failure, or a length that does not hold, breaks the answer off, as far as that can be. */
function pulled(answer: EdgeAnswer, body: Extract<AnswerBody, { kind: 'stream' }>): ReadableStream<Uint8Array> {
  const iterator = body.chunks[Symbol.asyncIterator]();
  let sent: Bytes = 0;
  let over = false;
  const finish = (complete: boolean): void => {
    if (over) return;
    over = true;
    answer.delivered?.({ bodyBytes: sent, complete });
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await iterator.next();
          if (over) return;
          if (next.done === true) {
            if (body.length !== undefined && sent !== body.length) throw new Error('the body is shorter than announced');
            finish(true);
            controller.close();
            return;
          }
          if (body.length !== undefined && sent + next.value.byteLength > body.length)
            throw new Error('the body is longer than announced');
          sent += next.value.byteLength;
          controller.enqueue(next.value);
        } catch {
          // What failed is in the outcome's errorDetail; an error given to Bun would only be printed.
          if (over) return;
          body.cancel();
          finish(false);
          await neverEnding();
          controller.error();
        }
      },
      cancel() {
        if (over) return;
        body.cancel();
        finish(false);
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * Bun.serve 1.4.5 ends a failed HTTP/3 body with FIN, as if it were whole: a truncated object that looks complete and would be
 * cached as such. Until it resets the stream, the body is left open instead; the viewer gives up, nothing wrong is believed.
 */
function neverEnding(): Promise<never> {
  return Promise.withResolvers<never>().promise;
}
