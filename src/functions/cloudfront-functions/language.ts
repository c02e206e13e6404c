/**
 * What a function may be written in: one row for each construct that the runtimes do not have, or that CloudFront does not name among
 * what they have. Facts: aws-api B8. QuickJS would run most of it; a function that ran here and not at CloudFront would be of no use.
 */
import type { Node } from 'acorn';
import type { FunctionRuntime } from '../../model/edge-function.ts';

export interface Restriction {
  /** As messages name it. */
  readonly construct: string;
  readonly isUsed: (node: AnyNode, within: Within) => boolean;
  /** Where it is an error. */
  readonly refusedBy: readonly FunctionRuntime[];
  /** Where CloudFront does not name it: said as a warning. */
  readonly unnamedIn: readonly FunctionRuntime[];
}

/** What a node stands in. */
export interface Within {
  /** A function, however deep. */
  readonly isInFunction: boolean;
  /** The arguments of a call, of this same function. */
  readonly isInArguments: boolean;
}

/** A node with whatever members its type has. */
export type AnyNode = Node & Readonly<Record<string, unknown>>;

const FIRST: readonly FunctionRuntime[] = ['cloudfront-js-1.0'];
const SECOND: readonly FunctionRuntime[] = ['cloudfront-js-2.0'];
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
  // CloudFront: async and await, but no async closures and no await in arguments (aws-api B8).
  { ...unnamed('an async function within a function'), unnamedIn: SECOND, isUsed: isAsyncClosure },
  { ...unnamed('await in the arguments of a call'), unnamedIn: SECOND, isUsed: isAwaitedArgument },
  unnamed('destructuring', 'ObjectPattern', 'ArrayPattern'),
  unnamed('spread syntax', 'SpreadElement'),
  unnamed('a default parameter', 'AssignmentPattern'),
  unnamed('optional chaining', 'ChainExpression'),
  { ...unnamed('the operator ??'), isUsed: (node) => node.type === 'LogicalExpression' && node['operator'] === '??' },
  ...['Array.from', 'Object.fromEntries', 'Object.getOwnPropertySymbols', 'String.raw'].map(unnamedMember),
  ...['localeCompare', 'matchAll', 'normalize', 'trimLeft', 'trimRight'].map(unnamedMethod),
];

/** Of a built-in object: `Array.from`. */
function unnamedMember(path: string): Restriction {
  const [object, member] = path.split('.');
  return { ...unnamed(path), isUsed: (node) => memberOf(node) === member && nameOf(node['object']) === object };
}

/** Of texts, under whatever name they go. */
function unnamedMethod(method: string): Restriction {
  const isUsed = ({ type, callee }: AnyNode): boolean => type === 'CallExpression' && memberOf(callee as AnyNode) === method;
  return { ...unnamed(`String.prototype.${method}`), isUsed };
}

/** `b` of `a.b`. */
function memberOf({ type, computed, property }: AnyNode): string | undefined {
  return type === 'MemberExpression' && computed === false ? nameOf(property) : undefined;
}

function nameOf(node: unknown): string | undefined {
  const { type, name } = node as AnyNode;
  return type === 'Identifier' ? (name as string) : undefined;
}

function isAsyncClosure(node: AnyNode, { isInFunction }: Within): boolean {
  return node['async'] === true && isInFunction;
}

function isAwaitedArgument(node: AnyNode, { isInArguments }: Within): boolean {
  return node.type === 'AwaitExpression' && isInArguments;
}

function refused(construct: string, refusedBy: readonly FunctionRuntime[], ...types: readonly string[]): Restriction {
  return { construct, isUsed: (node) => types.includes(node.type), refusedBy, unnamedIn: [] };
}

function unnamed(construct: string, ...types: readonly string[]): Restriction {
  return { construct, isUsed: (node) => types.includes(node.type), refusedBy: [], unnamedIn: BOTH };
}
