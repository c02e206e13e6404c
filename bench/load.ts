/**
 * Load from another core: wrk for HTTP/1.1, h2load for HTTP/2. Returns how many requests were answered 2xx or 3xx, and fails
 * the bench when any was not: a fast error is no figure.
 */
export interface Load {
  readonly protocol: 'h1' | 'tls' | 'h2';
  readonly url: string;
  /** The Host to ask for; the URL names an address. */
  readonly host: string;
  readonly seconds: number;
  readonly core: number;
  readonly connections: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
}

export async function runLoad(load: Load): Promise<LoadResult> {
  return load.protocol === 'h2' ? runH2load(load) : runWrk(load);
}

async function runWrk(load: Load): Promise<LoadResult> {
  const { core, connections, seconds, host, url } = load;
  const output = await run([
    'taskset',
    '-c',
    `${core}`,
    'wrk',
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '-H',
    `Host: ${host}`,
    url,
  ]);
  const requests = Number(/(\d+) requests in/.exec(output)?.[1]);
  const failed =
    /Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ??
    /Socket errors: connect (?!0, read 0, write 0, timeout 0)(.*)/.exec(output)?.[1];
  if (!(requests > 0) || failed !== undefined) throw new Error(`${url}: the load failed\n${output}`);
  return { requests, requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]) };
}

async function runH2load(load: Load): Promise<LoadResult> {
  const { core, connections, seconds, host, url } = load;
  const command = [
    'h2load',
    '-t1',
    `-c${connections}`,
    '-m10',
    `-D${seconds}`,
    '--warm-up-time=0',
    '-H',
    `:authority: ${host}`,
    url,
  ];
  const output = await run(['taskset', '-c', `${core}`, ...command]);
  const [, succeeded, failed] = /requests: .* (\d+) succeeded, (\d+) failed/.exec(output) ?? [];
  const good = /status codes: (\d+) 2xx, (\d+) 3xx, 0 4xx, 0 5xx/.exec(output);
  if (!(Number(succeeded) > 0) || Number(failed) > connections * 10 || good === null)
    throw new Error(`${url}: the load failed\n${output}`);
  return { requests: Number(succeeded), requestsPerSecond: Number(succeeded) / seconds };
}

async function run(command: readonly string[]): Promise<string> {
  const child = Bun.spawn([...command], { stdout: 'pipe', stderr: 'pipe' });
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return `${output}${errors}`;
}
