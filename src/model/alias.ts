/**
 * Which distribution answers to which host name: facts 1.4. Made once for each snapshot, read by match-distribution.ts.
 * That a name belongs to one distribution only is the control plane's promise; should two claim it, the first listed has it.
 */

export interface HostTable<T> {
  /** Own domain names and exact aliases, lower case. */
  readonly byHost: ReadonlyMap<string, T>;
  /** Wildcard aliases without their `*`: `.example.com`, lower case. */
  readonly byHostSuffix: ReadonlyMap<string, T>;
}

/** CloudFront: `*` stands only for the leftmost whole label or labels. */
export function hostTable<T>(names: Iterable<readonly [name: string, owner: T]>): HostTable<T> {
  const byHost = new Map<string, T>();
  const byHostSuffix = new Map<string, T>();
  for (const [name, owner] of names) {
    const isWildcard = name.startsWith('*.');
    const table = isWildcard ? byHostSuffix : byHost;
    const key = (isWildcard ? name.slice(1) : name).toLowerCase();
    if (!table.has(key)) table.set(key, owner);
  }
  return { byHost, byHostSuffix };
}

/**
 * The owner of `host`, which is lower case and without a port.
 * CloudFront: an exact name wins, then the longest wildcard; `*.example.com` covers any depth below it, and not `example.com` itself.
 */
export function ownerOf<T>(table: HostTable<T>, host: string): T | undefined {
  const exact = table.byHost.get(host);
  if (exact !== undefined || table.byHostSuffix.size === 0) return exact;
  for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
    // A label must stand before the dot.
    const owner = dot === 0 ? undefined : table.byHostSuffix.get(host.slice(dot));
    if (owner !== undefined) return owner;
  }
  return undefined;
}
