/**
 * docs/reference/operations.md: which operations of each AWS API are served. The operations come from the models; an operation is
 * served when its service's folder holds a handler of its name. Everything else answers 501 NotImplemented.
 */
import { join } from 'node:path';
import { code, page, table } from './markdown.ts';

export async function operationsPage(root: string): Promise<string> {
  const services: { name: string; version: string; served: string[]; missing: string[] }[] = [];
  for await (const file of new Bun.Glob('*.json').scan(join(root, 'src/control/aws/models'))) {
    const name = file.replace('.json', '');
    const model = (await Bun.file(join(root, 'src/control/aws/models', file)).json()) as {
      readonly version: string;
      readonly operations: Readonly<Record<string, unknown>>;
    };
    const handlers = await handlerNames(join(root, 'src/control/aws', name));
    const operations = Object.keys(model.operations).toSorted();
    services.push({
      name,
      version: model.version,
      served: operations.filter((operation) => handlers.has(operation)),
      missing: operations.filter((operation) => !handlers.has(operation)),
    });
  }
  services.sort((a, b) => (a.name < b.name ? -1 : 1));
  return page(
    'Operations of the AWS APIs',
    'An operation that is not served answers `501 NotImplemented` and names itself.',
    '',
    table(
      ['Service', 'API version', 'Served', 'Of'],
      services.map(({ name, version, served, missing }) => [
        name,
        version,
        String(served.length),
        String(served.length + missing.length),
      ]),
    ),
    services.flatMap(({ name, served, missing }) => [
      '',
      `## ${name}`,
      '',
      `Served: ${served.map(code).join(', ') || 'none'}.`,
      '',
      `Not served: ${missing.map(code).join(', ') || 'none'}.`,
    ]),
  );
}

/** A handler is a method or an arrow function under the operation's name; a table row under that name is none. */
const HANDLER = /^\s+(?:async )?([A-Z]\w+)(?=\(|: (?:async )?(?:\(|\w+ =>))/gm;

async function handlerNames(folder: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for await (const file of new Bun.Glob('**/*.ts').scan({ cwd: folder, onlyFiles: true })) {
    if (/\.(test|fixture)\.ts$/.test(file)) continue;
    const source = await Bun.file(join(folder, file)).text();
    for (const [, name] of source.matchAll(HANDLER)) names.add(name!);
  }
  return names;
}
