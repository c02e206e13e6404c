/**
 * Who answers for a key among several caches of one tier: rendezvous hashing (highest random weight). Every cache that knows the same
 * nodes comes to the same answer without asking anybody; when one goes, its keys alone move, to whoever is next for each of them.
 * Who the nodes are is told by the control plane; what an owner does for the others, in edge/tiers.
 */
export interface RendezvousNode {
  readonly name: string;
}

/** The node with the highest weight for the key, of those that `counts`; undefined where none does. */
export function rendezvousOwner<Node extends RendezvousNode>(
  key: string,
  nodes: readonly Node[],
  counts: (node: Node) => boolean = () => true,
): Node | undefined {
  const hash = hashOf(key);
  let owner: Node | undefined;
  let highest = -1;
  for (const node of nodes) {
    if (!counts(node)) continue;
    const weight = mixed(hash ^ hashOf(node.name));
    // Two of one weight: the order of names decides, for everybody alike.
    if (weight > highest || (weight === highest && owner !== undefined && node.name < owner.name)) {
      owner = node;
      highest = weight;
    }
  }
  return owner;
}

/** FNV-1a over UTF-16 code units, mixed, so that names that differ in one character weigh differently everywhere. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mixed(hash);
}

/** The finaliser of MurmurHash3: every bit of the input changes half of the output's. Not negative. */
function mixed(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
