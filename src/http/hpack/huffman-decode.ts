/**
 * Huffman-coded octets become the octets they stand for, four bits at a time: RFC 7541 5.2. A state is a place in the tree of codes; a
 * table says for each state and each four bits where they lead and which symbol, at most one, they complete.
 */
import { CODE_LENGTHS, CODES, END_OF_STRING } from './huffman-code.ts';

/** What a step says: the next state in the low nine bits, then these, then the symbol. */
const STATE = 0x1ff;
const EMITS = 0x200;
/** RFC 7541 5.2: the bits so far could be padding: at most seven, all of them ones. */
const MAY_END = 0x400;
const SYMBOL_SHIFT = 11;
/** No code goes this way, or only that of the end of a string, which must not be sent. */
const NOWHERE = STATE;

const STEPS = makeSteps();

/**
 * Decodes the octets from `from` up to `to` into `into`, which has room for eight fifths of them. Returns how many octets came out, or
 * -1 when the code, its padding or an end of string is not valid.
 */
export function decodeHuffman(octets: Uint8Array, from: number, to: number, into: Uint8Array): number {
  let step = MAY_END;
  let length = 0;
  for (let at = from; at < to; at++) {
    const octet = octets[at]!;
    step = STEPS[((step & STATE) << 4) | (octet >> 4)]!;
    if (step & EMITS) into[length++] = step >> SYMBOL_SHIFT;
    step = STEPS[((step & STATE) << 4) | (octet & 15)]!;
    if (step & EMITS) into[length++] = step >> SYMBOL_SHIFT;
    if ((step & STATE) === NOWHERE) return -1;
  }
  return step & MAY_END ? length : -1;
}

/** A node of the tree: for each bit the next node, or the symbol as -1 - symbol, or undefined. */
type Node = [number | undefined, number | undefined];

function makeTree(): readonly Node[] {
  const nodes: Node[] = [[undefined, undefined]];
  for (let symbol = 0; symbol < END_OF_STRING; symbol++) {
    let node = nodes[0]!;
    for (let bit = CODE_LENGTHS[symbol]! - 1; bit > 0; bit--) {
      const side = ((CODES[symbol]! >> bit) & 1) as 0 | 1;
      node[side] ??= nodes.push([undefined, undefined]) - 1;
      node = nodes[node[side]]!;
    }
    node[(CODES[symbol]! & 1) as 0 | 1] = -1 - symbol;
  }
  return nodes;
}

function makeSteps(): Uint32Array {
  const nodes = makeTree();
  const steps = new Uint32Array((STATE + 1) << 4).fill(NOWHERE);
  const padding = paddingNodes(nodes);
  for (let from = 0; from < nodes.length; from++) {
    for (let nibble = 0; nibble < 16; nibble++) steps[(from << 4) | nibble] = stepFrom(nodes, padding, from, nibble);
  }
  return steps;
}

function stepFrom(nodes: readonly Node[], padding: ReadonlySet<number>, from: number, nibble: number): number {
  let at = from;
  let emitted = 0;
  for (let bit = 3; bit >= 0; bit--) {
    const next = nodes[at]![((nibble >> bit) & 1) as 0 | 1];
    if (next === undefined) return NOWHERE;
    if (next >= 0) at = next;
    else {
      emitted = EMITS | ((-1 - next) << SYMBOL_SHIFT);
      at = 0;
    }
  }
  return at | emitted | (padding.has(at) ? MAY_END : 0);
}

/** Where up to seven ones lead, none included. */
function paddingNodes(nodes: readonly Node[]): ReadonlySet<number> {
  const reached = new Set([0]);
  let at = 0;
  for (let ones = 1; ones <= 7; ones++) {
    at = nodes[at]![1]!;
    reached.add(at);
  }
  return reached;
}
