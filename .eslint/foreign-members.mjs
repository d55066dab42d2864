import ts from 'typescript';

/** The packages whose inner life is theirs. */
const packages = /\/node_modules\/(?:@types\/)?(?:testcontainers|dockerode|docker-modem|jest|jest-[\w-]+|@jest\/[\w-]+)\//;

const isTheirs = (declaration) => packages.test(declaration.getSourceFile().fileName);
const isHidden = (declaration) =>
  (ts.getCombinedModifierFlags(declaration) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0 ||
  (declaration.name !== undefined && /^[_#]/.test(declaration.name.getText()));
const isMethod = (declaration) => ts.isMethodDeclaration(declaration) || ts.isMethodSignature(declaration);

/** @type {import('eslint').Rule.RuleModule} */
export const foreignMembers = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      hidden: '{{name}} is private or protected: use what the package offers to everybody, or ask the API.',
      replaced: '{{name}} is a method of another package: hand it what it needs in place of changing it.',
    },
  },
  create(context) {
    const services = context.sourceCode.parserServices;
    const theirs = (node) => (services.getSymbolAtLocation(node)?.declarations ?? []).filter(isTheirs);
    const report = (node, messageId) => context.report({ node, messageId, data: { name: context.sourceCode.getText(node) } });
    return {
      MemberExpression(node) {
        if (theirs(node.property).some(isHidden)) report(node.property, 'hidden');
      },
      'AssignmentExpression > MemberExpression.left'(node) {
        if (theirs(node.property).some(isMethod)) report(node.property, 'replaced');
      },
      'ClassBody > :matches(MethodDefinition, PropertyDefinition)'(node) {
        const { superClass } = node.parent.parent;
        if (!superClass) return;
        const inherited = services.getTypeAtLocation(node.parent.parent).getBaseTypes() ?? [];
        const name = context.sourceCode.getText(node.key);
        const replaced = inherited.flatMap((type) => type.getProperty(name)?.declarations ?? []);
        if (replaced.filter(isTheirs).some(isHidden)) report(node.key, 'hidden');
      },
    };
  },
};
