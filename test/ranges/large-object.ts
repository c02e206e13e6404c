/**
 * One large object in small ranges: how much memory it takes, and whether each octet is right. Run by hand:
 * `bun test/ranges/large-object.ts [GiB] [memory] [disk]`, by default 2 64MB 1GB. Twenty viewers ask `bin/warmfront up` for all of the
 * object in ranges of 8 MiB, each in an order of its own; the origin makes the octets by their positions, in a process of its own.
 */
import { rangedFile, octets, startTestOrigin } from '../../src/testing/index.ts';
import { removeData, startWarmfront } from '../clients/running-warmfront.ts';
import { peakMemory, residentMemory } from '../process/process-facts.ts';
import { cloudFrontOf, createSite } from '../process/site.ts';

const MIB = 2 ** 20;
const RANGE = 8 * MIB;
const VIEWERS = 20;

if (process.argv[2] === 'origin') await serveObject(Number(process.argv[3]));
else await measure(Number(process.argv[2] ?? 2) * 1024 * MIB, process.argv[3] ?? '64MB', process.argv[4] ?? '1GB');

async function serveObject(length: number): Promise<void> {
  const origin = await startTestOrigin();
  const film = rangedFile({ length });
  origin.on('GET /film', film.handler);
  origin.on('GET /asked', (exchange) => exchange.respond(200, {}, JSON.stringify(film.ranges.length)));
  process.stdout.write(`${origin.port}\n`);
}

async function measure(length: number, memory: string, disk: string): Promise<void> {
  const child = Bun.spawn([process.execPath, import.meta.path, 'origin', String(length)], { stdout: 'pipe', stderr: 'inherit' });
  const { value } = await child.stdout.getReader().read();
  const originPort = Number(new TextDecoder().decode(value));
  const warmfront = await startWarmfront({ flags: ['--memory', memory, '--disk', disk] });
  try {
    const { domainName } = await createSite(cloudFrontOf(warmfront), { originPort });
    console.log(
      `${length / MIB} MiB through ${memory} of memory and ${disk} of disk; idle at ${inMib(peakMemory(warmfront))} MiB`,
    );
    const began = performance.now();
    const parts = length / RANGE;
    let done = 0;
    const viewers = Array.from({ length: VIEWERS }, async (_, viewer) => {
      // All viewers together ask for every part twice.
      for (const part of shuffled(parts, viewer).slice(0, Math.ceil((2 * parts) / VIEWERS))) {
        await check(warmfront.httpPort, domainName, part * RANGE);
        done += 1;
        if (done % 64 === 0) console.log(`${done} ranges, resident ${inMib(residentMemory(warmfront))} MiB`);
      }
    });
    await Promise.all(viewers);
    const asked = await (await fetch(`http://127.0.0.1:${originPort}/asked`)).text();
    const seconds = (performance.now() - began) / 1000;
    console.log(`${done} ranges of ${RANGE / MIB} MiB right in ${seconds.toFixed(1)} s; the origin was asked ${asked} times`);
    console.log(`peak resident memory ${inMib(peakMemory(warmfront))} MiB`);
  } finally {
    await warmfront.stop();
    removeData(warmfront);
    child.kill();
  }
}

/** Throws where an octet is not what its position says. */
async function check(port: number, host: string, first: number): Promise<void> {
  const last = first + RANGE - 1;
  const response = await fetch(`http://127.0.0.1:${port}/film`, { headers: { host, range: `bytes=${first}-${last}` } });
  if (response.status !== 206) throw new Error(`octet ${first}: status ${response.status}: ${await response.text()}`);
  let at = first;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    if (Buffer.compare(chunk, octets(1, at, at + chunk.byteLength - 1)) !== 0) throw new Error(`wrong octets from ${at}`);
    at += chunk.byteLength;
  }
  if (at !== last + 1) throw new Error(`octets ${first} to ${last}: the answer ended at ${at}`);
}

/** The numbers below `count` in an order that follows from `seed`. */
function shuffled(count: number, seed: number): number[] {
  const numbers = Array.from({ length: count }, (_, index) => index);
  let state = seed + 1;
  for (let index = count - 1; index > 0; index -= 1) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    const other = state % (index + 1);
    [numbers[index], numbers[other]] = [numbers[other] ?? 0, numbers[index] ?? 0];
  }
  return numbers;
}

function inMib(bytes: number): string {
  return (bytes / MIB).toFixed(0);
}
