/**
 * The resource policy of a function or version, statement by statement. Lambda API reference, AddPermission. It is kept and shown; who may call
 * a function is not decided by it here, since nobody but the account itself and its distributions can.
 */
import type * as Sdk from '@aws-sdk/client-lambda';
import { LAMBDA_QUOTAS } from '../../../tables/lambda-edge.ts';
import { ApiError, type CallContext, type Handlers } from '../wire/types.ts';
import { invalidParameter } from './accept-settings.ts';
import type { PolicyStatement, StoredLambda } from './lambda-document.ts';
import type { FoundLambda, LambdaRegistry } from './lambda-registry.ts';

export function lambdaPolicyHandlers(registry: LambdaRegistry) {
  const statementsOf = ({ stored, qualifier }: FoundLambda): readonly PolicyStatement[] =>
    stored.document.policies[qualifier] ?? [];
  const save = ({ stored, qualifier }: FoundLambda, statements: readonly PolicyStatement[], call: CallContext): StoredLambda => {
    const { document } = stored;
    return registry.save(stored, { ...document, policies: { ...document.policies, [qualifier]: statements } }, call);
  };
  return {
    AddPermission({ FunctionName, Qualifier, RevisionId, ...given }, call) {
      const found = registry.find(FunctionName, Qualifier, call);
      requirePolicyRevision(found, RevisionId);
      const statements = statementsOf(found);
      const { StatementId = '' } = given;
      if (statements.some(({ Sid }) => Sid === StatementId)) {
        const message = `The statement id (${StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`;
        throw new ApiError('ResourceConflictException', message, 409, { Type: 'User' });
      }
      const statement = statementFrom(given, registry.arnOf(found.stored, found.qualifier));
      const next = [...statements, statement];
      if (policyText(next).length > LAMBDA_QUOTAS.policyLength)
        throw new ApiError('PolicyLengthExceededException', 'The final policy size is bigger than the limit (20480).', 400, {
          Type: 'User',
        });
      save(found, next, call);
      return { Statement: JSON.stringify(statement) };
    },
    GetPolicy({ FunctionName, Qualifier }, call) {
      const found = registry.find(FunctionName, Qualifier, call);
      const statements = statementsOf(found);
      if (statements.length === 0) throw noPolicy();
      return { Policy: policyText(statements), RevisionId: found.release.revisionId };
    },
    RemovePermission({ FunctionName, Qualifier, StatementId, RevisionId }, call) {
      const found = registry.find(FunctionName, Qualifier, call);
      requirePolicyRevision(found, RevisionId);
      const statements = statementsOf(found);
      const left = statements.filter(({ Sid }) => Sid !== StatementId);
      if (statements.length === 0) throw noPolicy();
      if (left.length === statements.length)
        throw new ApiError('ResourceNotFoundException', `Statement ${StatementId} is not found in resource policy.`, 404, {
          Type: 'User',
        });
      save(found, left, call);
      return {};
    },
  } satisfies Handlers<typeof Sdk>;
}

function policyText(statements: readonly PolicyStatement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements });
}

function noPolicy(): ApiError {
  return new ApiError('ResourceNotFoundException', 'The resource you requested does not exist.', 404, { Type: 'User' });
}

type Given = Omit<Sdk.AddPermissionCommandInput, 'FunctionName' | 'Qualifier' | 'RevisionId'>;

function statementFrom(given: Given, Resource: string): PolicyStatement {
  const {
    StatementId: Sid = '',
    Action = '',
    Principal = '',
    SourceArn,
    SourceAccount,
    PrincipalOrgID,
    EventSourceToken,
    FunctionUrlAuthType,
  } = given;
  if (!/^lambda:(\*|[A-Za-z]+)$/.test(Action)) throw invalidParameter(`The action ${Action} is not one of Lambda.`);
  const stringEquals = {
    ...(SourceAccount !== undefined && { 'AWS:SourceAccount': SourceAccount }),
    ...(PrincipalOrgID !== undefined && { 'aws:PrincipalOrgID': PrincipalOrgID }),
    ...(EventSourceToken !== undefined && { 'lambda:EventSourceToken': EventSourceToken }),
    ...(FunctionUrlAuthType !== undefined && { 'lambda:FunctionUrlAuthType': FunctionUrlAuthType }),
  };
  const condition = {
    ...(Object.keys(stringEquals).length > 0 && { StringEquals: stringEquals }),
    ...(SourceArn !== undefined && { ArnLike: { 'AWS:SourceArn': SourceArn } }),
  };
  return {
    Sid,
    Effect: 'Allow',
    Principal: principalOf(Principal),
    Action,
    Resource,
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
}

/** AWS: a service by its host name, an account or identity by its ARN. */
function principalOf(given: string): PolicyStatement['Principal'] {
  if (given === '*') return '*';
  if (/^\d{12}$/.test(given)) return { AWS: `arn:aws:iam::${given}:root` };
  if (given.startsWith('arn:')) return { AWS: given };
  if (!given.includes('.'))
    throw invalidParameter('The provided principal was invalid. Please check the principal and try again.');
  return { Service: given };
}

function requirePolicyRevision({ release }: FoundLambda, asked: string | undefined): void {
  if (asked !== undefined && asked !== release.revisionId)
    throw new ApiError('PreconditionFailedException', 'The RevisionId provided does not match the latest RevisionId.', 412, {
      Type: 'User',
    });
}
