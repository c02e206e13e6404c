/**
 * Outside programs in client tests: run, output collected, and a clear word when one is not on the machine.
 */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function run(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  workingDirectory?: string,
): Promise<Finished> {
  const child = Bun.spawn([...command], {
    env: { ...environment },
    stdout: 'pipe',
    stderr: 'pipe',
    ...(workingDirectory !== undefined && { cwd: workingDirectory }),
  });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, stdout, stderr };
}

/** Runs and throws with everything that was printed unless it succeeds. */
export async function succeed(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  workingDirectory?: string,
): Promise<string> {
  const finished = await run(command, environment, workingDirectory);
  if (finished.code !== 0) throw new Error(`${command.join(' ')}: exit ${finished.code}\n${finished.stdout}\n${finished.stderr}`);
  return finished.stdout;
}

/** The first of the paths that exists, or undefined. */
export async function findProgram(...paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await Bun.file(path).exists()) return path;
  return undefined;
}
