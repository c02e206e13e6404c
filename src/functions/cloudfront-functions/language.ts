/**
 * What a function may be written in: one row for each construct that the runtimes do not have, or that CloudFront does not name among
 * what they have. Facts: aws-api B8. QuickJS would run most of it; a function that ran here and not at CloudFront would be of no use.
 */
import type { Node } from 'acorn';
import type { FunctionRuntime } from '../../model/edge-function.ts';

export interface Restriction {
  /** As messages name it. */
  readonly construct: string;
  readonly isUsed: (node: AnyNode) => boolean;
  /** Where it is an error. */
  readonly refusedBy: readonly FunctionRuntime[];
  /** Where CloudFront does not name it: said as a warning. */
  readonly unnamedIn: readonly FunctionRuntime[];
}

/** A node with whatever members its type has. */
export type AnyNode = Node & Readonly<Record<string, unknown>>;

const FIRST: readonly FunctionRuntime[] = ['cloudfront-js-1.0'];
const BOTH: readonly FunctionRuntime[] = ['cloudfront-js-1.0', 'cloudfront-js-2.0'];

export const RESTRICTIONS: readonly Restriction[] = [
  refused('class', BOTH, 'ClassDeclaration', 'ClassExpression'),
  refused('for...of', BOTH, 'ForOfStatement'),
  refused('export', BOTH, 'ExportNamedDeclaration', 'ExportDefaultDeclaration', 'ExportAllDeclaration'),
  refused('import()', BOTH, 'ImportExpression'),
  refused('import.meta', BOTH, 'MetaProperty'),
  refused('yield', BOTH, 'YieldExpression'),
  { ...refused('generator function', BOTH), isUsed: (node) => node['generator'] === true },
  { ...refused('BigInt', BOTH), isUsed: (node) => node.type === 'Literal' && node['bigint'] !== undefined },
  { ...refused('let', FIRST), isUsed: (node) => node.type === 'VariableDeclaration' && node['kind'] === 'let' },
  { ...refused('const', FIRST), isUsed: (node) => node.type === 'VariableDeclaration' && node['kind'] === 'const' },
  { ...refused('async', FIRST), isUsed: (node) => node['async'] === true },
  refused('await', FIRST, 'AwaitExpression'),
  refused('import', FIRST, 'ImportDeclaration'),
  unnamed('destructuring', 'ObjectPattern', 'ArrayPattern'),
  unnamed('spread syntax', 'SpreadElement'),
  unnamed('a default parameter', 'AssignmentPattern'),
  unnamed('optional chaining', 'ChainExpression'),
  { ...unnamed('the operator ??'), isUsed: (node) => node.type === 'LogicalExpression' && node['operator'] === '??' },
];

function refused(construct: string, refusedBy: readonly FunctionRuntime[], ...types: readonly string[]): Restriction {
  return { construct, isUsed: (node) => types.includes(node.type), refusedBy, unnamedIn: [] };
}

function unnamed(construct: string, ...types: readonly string[]): Restriction {
  return { construct, isUsed: (node) => types.includes(node.type), refusedBy: [], unnamedIn: BOTH };
}
