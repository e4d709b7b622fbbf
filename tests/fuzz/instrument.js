import ts from 'typescript';

/** How many places can be counted; further ones share a counter. */
export const COUNTERS = 8192;
let lastPlace = 0;

/**
 * JavaScript of a TypeScript module that counts in `globalThis.__places` how often each of its branches was taken.
 * @param {string} source
 * @param {string} fileName
 * @param {boolean} isCounted whether to count at all
 */
export function transpile(source, fileName, isCounted) {
  const { outputText } = ts.transpileModule(source, {
    fileName,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      inlineSourceMap: !isCounted,
    },
    transformers: isCounted ? { before: [countBranches] } : {},
  });
  return outputText;
}

/** @param {ts.TransformationContext} context */
function countBranches(context) {
  const { factory } = context;
  const count = () => {
    lastPlace = (lastPlace + 1) % COUNTERS;
    const places = factory.createIdentifier('__places');
    return factory.createPostfixIncrement(factory.createElementAccessExpression(places, lastPlace));
  };
  const counted = (/** @type {ts.Expression} */ expression) =>
    factory.createParenthesizedExpression(factory.createComma(count(), expression));
  const inBlock = (/** @type {ts.Statement} */ statement) => {
    const statements = ts.isBlock(statement) ? statement.statements : [statement];
    return factory.createBlock([factory.createExpressionStatement(count()), ...statements], true);
  };
  const isChoice = (/** @type {ts.SyntaxKind} */ kind) =>
    kind === ts.SyntaxKind.AmpersandAmpersandToken ||
    kind === ts.SyntaxKind.BarBarToken ||
    kind === ts.SyntaxKind.QuestionQuestionToken;

  /** @type {ts.Visitor} */
  const visit = (before) => {
    const node = ts.visitEachChild(before, visit, context);
    if (ts.isIfStatement(node)) {
      const other = node.elseStatement ?? factory.createBlock([]);
      return factory.updateIfStatement(
        node,
        node.expression,
        inBlock(node.thenStatement),
        inBlock(other),
      );
    }
    if (ts.isConditionalExpression(node)) {
      return factory.updateConditionalExpression(
        node,
        node.condition,
        node.questionToken,
        counted(node.whenTrue),
        node.colonToken,
        counted(node.whenFalse),
      );
    }
    if (ts.isBinaryExpression(node) && isChoice(node.operatorToken.kind)) {
      return factory.updateBinaryExpression(
        node,
        node.left,
        node.operatorToken,
        counted(node.right),
      );
    }
    if (ts.isArrowFunction(node)) {
      const body = ts.isBlock(node.body) ? inBlock(node.body) : counted(node.body);
      return factory.updateArrowFunction(
        node,
        node.modifiers,
        node.typeParameters,
        node.parameters,
        node.type,
        node.equalsGreaterThanToken,
        body,
      );
    }
    // Bodies of functions, loops and catch clauses.
    if (ts.isBlock(node) && isCountedBlock(before.parent)) return inBlock(node);
    if (ts.isCaseOrDefaultClause(node)) {
      const statements = [factory.createExpressionStatement(count()), ...node.statements];
      return ts.isCaseClause(node)
        ? factory.updateCaseClause(node, node.expression, statements)
        : factory.updateDefaultClause(node, statements);
    }
    return node;
  };
  return (/** @type {ts.SourceFile} */ file) => ts.visitEachChild(file, visit, context);
}

/** @param {ts.Node | undefined} parent */
function isCountedBlock(parent) {
  return (
    parent !== undefined &&
    !ts.isArrowFunction(parent) &&
    (ts.isFunctionLike(parent) ||
      ts.isIterationStatement(parent, false) ||
      ts.isCatchClause(parent))
  );
}
