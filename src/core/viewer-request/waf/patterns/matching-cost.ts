/**
 * Whether an engine that goes back and tries again (JavaScript's) may run a pattern: only where the work at any one place of a text is
 * bounded whatever the text, so that the whole is linear in its length. Counted from above: every way in which each part can match, times
 * what is tried after it. An unbounded repeat makes it unbounded, be it ever so harmless.
 */
import type { Pattern } from './pattern.ts';

interface Cost {
  /** In how many ways it can match at one place. */
  readonly ways: number;
  /** How many steps trying all of them takes. */
  readonly steps: number;
}

/** Steps at one place: Infinity where no bound is known. */
export function matchingCost(pattern: Pattern): number {
  return costOf(pattern).steps;
}

function costOf(pattern: Pattern): Cost {
  switch (pattern.kind) {
    case 'octet':
      return { ways: 1, steps: 1 };
    case 'assertion':
      // The flag-free form of these two does not exist in JavaScript.
      return pattern.asserts === 'line-start' || pattern.asserts === 'line-end'
        ? { ways: 1, steps: Infinity }
        : { ways: 1, steps: 1 };
    case 'group':
      return costOf(pattern.part);
    case 'choice': {
      let ways = 0;
      let steps = 0;
      for (const part of pattern.parts) {
        const cost = costOf(part);
        ways += cost.ways;
        steps += cost.steps;
      }
      return { ways, steps };
    }
    case 'sequence': {
      let ways = 1;
      let steps = 0;
      for (const part of pattern.parts) {
        const cost = costOf(part);
        steps += ways * cost.steps;
        ways *= cost.ways;
      }
      return { ways, steps };
    }
    case 'repeat': {
      if (pattern.most === Infinity) return { ways: Infinity, steps: Infinity };
      const cost = costOf(pattern.part);
      let ways = 0;
      let steps = 0;
      let reached = 1;
      for (let count = 0; count <= pattern.most; count++) {
        if (count >= pattern.least) ways += reached;
        steps += reached * (cost.steps + 1);
        reached *= cost.ways;
      }
      return { ways, steps };
    }
  }
}
