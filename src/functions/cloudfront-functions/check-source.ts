/**
 * Is this source a CloudFront function? Syntax, the constructs its runtime has (language.ts), its imports and its handler, each fault with
 * its place. Facts: aws-api B8. Nothing is run here.
 */
import { parse, type Program } from 'acorn';
import type { FunctionRuntime } from '../../model/edge-function.ts';
import { RESTRICTIONS, type AnyNode, type Within } from './language.ts';

export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

export interface SourceFault extends Place {
  readonly message: string;
}

export interface CheckedSource {
  /** The source with its import declarations blanked, everything else where it was. */
  readonly code: string;
  readonly imports: readonly { readonly local: string; readonly module: string }[];
  /** What would not run at CloudFront. */
  readonly faults: readonly SourceFault[];
  /** What CloudFront does not say that it has. */
  readonly warnings: readonly SourceFault[];
}

/** What `import` may name. */
const MODULES: readonly string[] = ['cloudfront', 'crypto', 'querystring', 'buffer'];

export function checkSource(source: string, runtime: FunctionRuntime): CheckedSource {
  let program: Program;
  try {
    // A function is strict code, as a module is.
    program = parse(source, { ecmaVersion: 'latest', sourceType: 'module', locations: true, allowAwaitOutsideFunction: false });
  } catch (error) {
    return { code: source, imports: [], warnings: [], faults: [syntaxFault(error)] };
  }
  const faults: SourceFault[] = [];
  const warnings: SourceFault[] = [];
  visit(program as unknown as AnyNode, OUTSIDE, (node, within) => {
    for (const { construct, isUsed, refusedBy, unnamedIn } of RESTRICTIONS) {
      if (!isUsed(node, within)) continue;
      if (refusedBy.includes(runtime))
        faults.push({ message: `SyntaxError: ${construct} is not supported by ${runtime}`, ...placeOf(node) });
      else if (unnamedIn.includes(runtime)) {
        warnings.push({
          message: `${construct} is not among the features that CloudFront documents for ${runtime}`,
          ...placeOf(node),
        });
      }
    }
  });
  const { code, imports, faults: importFaults } = takeImports(source, program);
  if (runtime === 'cloudfront-js-2.0') faults.push(...importFaults);
  if (!declaresHandler(program))
    faults.push({ message: 'ReferenceError: the function "handler" is not defined', line: 1, column: 1 });
  return { code, imports, faults, warnings };
}

/** `SyntaxError: … (line 3, column 7)` */
export function faultSentence({ message, line, column }: SourceFault): string {
  return `${message} (line ${line}, column ${column})`;
}

function syntaxFault(error: unknown): SourceFault {
  if (!(error instanceof SyntaxError)) throw error;
  const { loc } = error as SyntaxError & { loc?: { line: number; column: number } };
  return {
    message: `SyntaxError: ${error.message.replace(/ \(\d+:\d+\)$/, '')}`,
    line: loc?.line ?? 1,
    column: (loc?.column ?? 0) + 1,
  };
}

function placeOf(node: AnyNode): Place {
  return { line: node.loc?.start.line ?? 1, column: (node.loc?.start.column ?? 0) + 1 };
}

/** Each node once, those that hold others first. The depth of a source is bounded by its parser. */
function visit(node: AnyNode, within: Within, see: (node: AnyNode, within: Within) => void): void {
  see(node, within);
  for (const [member, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof child === 'object' && child !== null && typeof (child as AnyNode).type === 'string')
        visit(child as AnyNode, withinMember(node, member, within), see);
    }
  }
}

const OUTSIDE: Within = { isInFunction: false, isInArguments: false };

function withinMember({ type }: AnyNode, member: string, within: Within): Within {
  if (type.includes('Function')) return { isInFunction: true, isInArguments: false };
  const isArgument = member === 'arguments' && (type === 'CallExpression' || type === 'NewExpression');
  return isArgument ? { ...within, isInArguments: true } : within;
}

function takeImports(source: string, program: Program): Pick<CheckedSource, 'code' | 'imports' | 'faults'> {
  const imports: { local: string; module: string }[] = [];
  const faults: SourceFault[] = [];
  let code = source;
  for (const statement of program.body) {
    if (statement.type !== 'ImportDeclaration') continue;
    const module = String(statement.source.value);
    const place = placeOf(statement as unknown as AnyNode);
    if (!MODULES.includes(module)) faults.push({ message: `Error: Cannot find module "${module}"`, ...place });
    for (const specifier of statement.specifiers) {
      if (specifier.type === 'ImportDefaultSpecifier') imports.push({ local: specifier.local.name, module });
      else faults.push({ message: 'SyntaxError: only the default import of a module is supported', ...place });
    }
    const blank = source.slice(statement.start, statement.end).replaceAll(/[^\n\r]/g, ' ');
    code = code.slice(0, statement.start) + blank + code.slice(statement.end);
  }
  return { code, imports, faults };
}

function declaresHandler(program: Program): boolean {
  return program.body.some((statement) => {
    if (statement.type === 'FunctionDeclaration') return statement.id.name === 'handler';
    if (statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration') return true;
    if (statement.type === 'VariableDeclaration')
      return statement.declarations.some(({ id }) => id.type === 'Identifier' && id.name === 'handler');
    // Strict code cannot make a name up, so `handler = ...` would fail by itself.
    return false;
  });
}
