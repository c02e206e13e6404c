/**
 * What a function's process writes, as lines that belong to the run under way. A flood costs little: beyond what is kept, it is let through
 * slowly and dropped, so that neither memory nor time of ours goes into it.
 */
import type { Bytes } from '../../model/units.ts';
import { FLOOD_PAUSE, LOG_LENGTH } from './limits.ts';

export interface OutputLines {
  /** Reads to the end of the stream. */
  follow(stream: ReadableStream<Uint8Array>): void;
  /** The lines since the last time, and one that says how much is missing. */
  take(): readonly string[];
}

export function collectOutput(): OutputLines {
  let lines: string[] = [];
  let kept: Bytes = 0;
  let dropped: Bytes = 0;

  function keep(text: string): void {
    for (const line of text.split('\n')) {
      if (line === '') continue;
      kept += line.length;
      lines.push(line.replaceAll('\r', '\n').trimEnd());
    }
  }

  async function read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of stream) {
      if (kept + rest.length >= LOG_LENGTH) {
        dropped += chunk.byteLength;
        // Whoever writes faster than this waits.
        await new Promise((resolve) => setTimeout(resolve, FLOOD_PAUSE));
        continue;
      }
      const text = rest + decoder.decode(chunk, { stream: true });
      const end = text.lastIndexOf('\n') + 1;
      keep(text.slice(0, end));
      rest = text.slice(end);
    }
    keep(rest);
  }

  return {
    // A stream that breaks off has no more to say.
    follow: (stream) => void read(stream).catch(() => undefined),
    take() {
      const taken = dropped === 0 ? lines : [...lines, `(${dropped} bytes more were written, and are not kept)`];
      lines = [];
      kept = 0;
      dropped = 0;
      return taken;
    },
  };
}
