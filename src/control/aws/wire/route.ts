/**
 * Which operation does a request name? Smithy 2.0: http trait: method, path segments with labels, literal query parameters.
 * The raw path is split first and each segment decoded after, so that `%2F` stays inside a label. What labels become is decided in
 * rest-binding.ts; S3's bucket is taken out of host or path before it comes here, by S3's own front.
 */
import { WireFault } from './faults.ts';
import type { Operation, ServiceModel } from './model.ts';

export interface RouteMatch {
  readonly operation: Operation;
  /** Others that fit as well: only the presence of a bucket tells S3's ListBuckets from ListObjects. */
  readonly alternatives: readonly Operation[];
  readonly labels: ReadonlyMap<string, string>;
}

/** Undefined when no operation has this method, path and query. Throws WireFault when a label does not decode. */
export type Router = (method: string, rawPath: string, query: URLSearchParams, headers?: Headers) => RouteMatch | undefined;

interface Route {
  readonly operation: Operation;
  readonly literals: readonly (readonly [name: string, value: string | undefined])[];
  /** Required members in query and header: they decide between operations at one place (S3: UploadPart, CopyObject, PutObject). */
  readonly requiredQuery: readonly string[];
  readonly requiredHeaders: readonly string[];
  /** Label names by segment. */
  readonly labels: readonly (readonly [segment: number, name: string, greedy: boolean])[];
}

interface Node {
  readonly literals: Map<string, Node>;
  label: Node | undefined;
  /** Routes whose last label takes the rest of the path. */
  readonly greedy: Route[];
  readonly routes: Route[];
}

/** Prepares a tree per method; a request then costs one step per segment. */
export function createRouter(model: ServiceModel): Router {
  const roots = new Map<string, Node>();
  for (const operation of model.operations.values()) {
    const root = roots.get(operation.method) ?? emptyNode();
    roots.set(operation.method, root);
    plant(root, operation);
  }

  return (method, rawPath, query, headers = NO_HEADERS) => {
    const root = roots.get(method);
    if (root === undefined) return undefined;
    const segments = rawPath.slice(1).split('/');
    // A trailing slash is not a segment, except inside a greedy label, which sees the whole rest.
    const length = segments.at(-1) === '' ? segments.length - 1 : segments.length;
    const found = find(root, segments, 0, length, { query, headers });
    if (found === undefined) return undefined;
    const [first, ...others] = found;
    return {
      operation: first.operation,
      alternatives: others.map((route) => route.operation),
      labels: readLabels(first, segments),
    };
  };
}

const NO_HEADERS = new Headers();

/** What a route may ask of a request besides its path. */
interface Asked {
  readonly query: URLSearchParams;
  readonly headers: Headers;
}

function emptyNode(): Node {
  return { literals: new Map(), label: undefined, greedy: [], routes: [] };
}

function plant(root: Node, operation: Operation): void {
  const [path = '', query = ''] = operation.uri.split('?');
  const literals = query === '' ? [] : query.split('&').map((part) => literalOf(part));
  const labels: [number, string, boolean][] = [];
  let node = root;
  let greedy = false;
  for (const [i, segment] of path.split('/').filter(Boolean).entries()) {
    const label = /^\{(\w+)(\+?)\}$/.exec(segment);
    if (label === null) node = childOf(node, segment);
    else {
      greedy = label[2] === '+';
      labels.push([i, label[1]!, greedy]);
      if (!greedy) node = node.label ??= emptyNode();
    }
  }
  const required = (at: 'query' | 'header'): string[] =>
    (operation.input?.members ?? []).flatMap(({ binding, required: isRequired }) =>
      isRequired && binding.at === at ? [binding.name] : [],
    );
  const route = { operation, literals, labels, requiredQuery: required('query'), requiredHeaders: required('header') };
  (greedy ? node.greedy : node.routes).push(route);
}

function childOf(node: Node, segment: string): Node {
  const child = node.literals.get(segment) ?? emptyNode();
  node.literals.set(segment, child);
  return child;
}

function literalOf(part: string): readonly [string, string | undefined] {
  const at = part.indexOf('=');
  return at < 0 ? [part, undefined] : [part.slice(0, at), part.slice(at + 1)];
}

/** Literal segments before labels, labels before greedy ones. */
function find(
  node: Node,
  segments: readonly string[],
  at: number,
  length: number,
  asked: Asked,
): readonly [Route, ...Route[]] | undefined {
  if (at >= length) {
    const here = choose(node.routes, asked);
    if (here !== undefined) return here;
  } else {
    const segment = segments[at]!;
    const literal = node.literals.get(segment);
    const found =
      (literal === undefined ? undefined : find(literal, segments, at + 1, length, asked)) ??
      (node.label === undefined || segment === '' ? undefined : find(node.label, segments, at + 1, length, asked));
    if (found !== undefined) return found;
  }
  const rest = segments.slice(at).join('/');
  return rest === '' ? undefined : choose(node.greedy, asked);
}

/** The best of those whose literal parameters are there: `?WithTags` before the bare path. */
function choose(routes: readonly Route[], asked: Asked): readonly [Route, ...Route[]] | undefined {
  const fits = routes
    .filter(({ literals }) =>
      literals.every(([name, value]) => (value === undefined ? asked.query.has(name) : asked.query.get(name) === value)),
    )
    .map((route) => ({ route, rank: rankOf(route, asked) }))
    .toSorted((a, b) => b.rank - a.rank);
  const [best, ...others] = fits;
  return best && [best.route, ...others.filter((other) => other.rank === best.rank).map((other) => other.route)];
}

/** Literals count most; then each required parameter that is there. An operation that misses one still fits, but last. */
function rankOf({ literals, requiredQuery, requiredHeaders }: Route, { query, headers }: Asked): number {
  const isComplete = requiredQuery.every((name) => query.has(name)) && requiredHeaders.every((name) => headers.has(name));
  return literals.length * 100 + (isComplete ? requiredQuery.length + requiredHeaders.length : -1);
}

function readLabels(route: Route, segments: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    route.labels.map(([at, name, greedy]) => [name, decodeLabel(greedy ? segments.slice(at).join('/') : segments[at]!, name)]),
  );
}

function decodeLabel(raw: string, name: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    throw new WireFault('syntax', `${name}: '${raw.slice(0, 80)}' is not percent-encoded UTF-8`);
  }
}
