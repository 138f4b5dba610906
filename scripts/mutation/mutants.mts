import ts from 'typescript';

/** One change of one place in one source file. */
export interface Mutant {
	/** The path of the file from the root of the repository. */
	file: string;
	line: number;
	start: number;
	end: number;
	/** What stands there instead. */
	text: string;
	/** The kind of change, with the code before and after. */
	what: string;
}

/** The longest code that the description of a mutant shows, and the shortest that it shows alone. */
const MAX_SHOWN = 90;
const SHORT = 10;

/** A place to change, by its node or by positions. */
type Place = ts.Node | { start: number; end: number };
type Add = (kind: string, place: Place, text: string) => void;

const OPERATORS: Record<string, string[]> = {
	'<': ['<=', '>='],
	'<=': ['<', '>'],
	'>': ['>=', '<='],
	'>=': ['>', '<'],
	'===': ['!=='],
	'!==': ['==='],
	'+': ['-'],
	'-': ['+'],
	'*': ['/'],
	'/': ['*'],
	'&&': ['||'],
	'||': ['&&'],
	'??': ['&&'],
	'**': ['*'],
	'%': ['*'],
};

const METHODS: Record<string, string> = {
	some: 'every',
	every: 'some',
	min: 'max',
	max: 'min',
	floor: 'ceil',
	ceil: 'floor',
	startsWith: 'endsWith',
	minus: 'plus',
	plus: 'minus',
	startOf: 'endOf',
	endOf: 'startOf',
	shift: 'pop',
	push: 'unshift',
};

const DROPPED_CALLS = new Set(['filter', 'trim', 'toLowerCase', 'sort', 'reverse']);

/** Every mutant of a source file, each once. Types, imports and texts of several words stay as they are. */
export function listMutants(file: string, source: string): Mutant[] {
	const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ES2022, true);
	const found = new Map<string, Mutant>();
	const add: Add = (kind, place, text) => {
		const start = 'kind' in place ? place.getStart(tree) : place.start;
		const end = 'kind' in place ? place.getEnd() : place.end;
		const before = source.slice(start, end);
		if (before === text) return;
		const line = tree.getLineAndCharacterOfPosition(start).line + 1;
		// A file may have many `''`: a short place is shown with the code around it.
		const parent = 'kind' in place && before.length < SHORT ? place.parent : undefined;
		const isShown = parent !== undefined && parent.getWidth(tree) <= MAX_SHOWN;
		const [from, to] = isShown ? [parent.getStart(tree), parent.getEnd()] : [start, end];
		const after = source.slice(from, start) + text + source.slice(end, to);
		const what = `${kind}: ${quote(source.slice(from, to))} -> ${quote(after)}`;
		found.set(`${start} ${end} ${text}`, { file, line, start, end, text, what });
	};
	const visit = (node: ts.Node): void => {
		if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))
			return;
		if (ts.isImportDeclaration(node)) return;
		for (const mutate of MUTATORS) mutate(node, add);
		ts.forEachChild(node, visit);
	};
	visit(tree);
	return [...found.values()];
}

function quote(code: string): string {
	return `\`${code.replace(/\s+/g, ' ').slice(0, MAX_SHOWN)}\``;
}

const MUTATORS: Array<(node: ts.Node, add: Add) => void> = [
	function changeOperator(node, add) {
		if (!ts.isBinaryExpression(node)) return;
		const operator = node.operatorToken.getText();
		const isText = ts.isStringLiteral(node.left) || ts.isTemplateExpression(node.left);
		if (operator === '+' && isText) return;
		for (const other of OPERATORS[operator] ?? []) add('operator', node.operatorToken, other);
	},
	function changeCondition(node, add) {
		const condition = findCondition(node);
		if (!condition) return;
		add('negate', condition, `!(${condition.getText()})`);
		if (!ts.isIfStatement(node)) return;
		add('never', condition, 'false');
		add('always', condition, 'true');
	},
	function dropNegation(node, add) {
		const isNegation =
			ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken;
		if (isNegation) add('drop !', node, node.operand.getText());
	},
	function changeNumber(node, add) {
		if (!ts.isNumericLiteral(node) || ts.isPropertyAssignment(node.parent)) return;
		const value = Number(node.text);
		add('number', node, String(value === 0 ? 1 : value + 1));
		if (value > 1) add('number', node, String(value > 9 ? Math.floor(value / 2) : 0));
	},
	function changeBoolean(node, add) {
		if (node.kind === ts.SyntaxKind.TrueKeyword) add('boolean', node, 'false');
		if (node.kind === ts.SyntaxKind.FalseKeyword) add('boolean', node, 'true');
	},
	function changeText(node, add) {
		if (!ts.isStringLiteral(node) || ts.isLiteralTypeNode(node.parent)) return;
		if (!/\s.*\s/.test(node.text)) add('text', node, node.text ? "'mutated'" : "'x'");
	},
	function deleteStatement(node, add) {
		const isSuper =
			ts.isExpressionStatement(node) &&
			ts.isCallExpression(node.expression) &&
			node.expression.expression.kind === ts.SyntaxKind.SuperKeyword;
		const isJump = ts.isContinueStatement(node) || ts.isBreakStatement(node);
		if (isJump || (ts.isExpressionStatement(node) && !isSuper)) add('delete', node, ';');
	},
	function returnNothing(node, add) {
		if (!ts.isReturnStatement(node) || !node.expression) return;
		if (!node.expression.getText().includes('undefined')) {
			add('return nothing', node, 'return undefined as never;');
		}
	},
	function changeCall(node, add) {
		if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
		const { name, expression } = node.expression;
		const other = Object.hasOwn(METHODS, name.text) ? METHODS[name.text] : undefined;
		if (other) add('method', name, other);
		if (DROPPED_CALLS.has(name.text)) add('drop call', node, expression.getText());
	},
	function changePattern(node, add) {
		if (!ts.isRegularExpressionLiteral(node)) return;
		const end = node.text.lastIndexOf('/');
		const pattern = node.text.slice(1, end);
		const flags = node.text.slice(end + 1);
		if (pattern.startsWith('^')) add('pattern ^', node, `/${pattern.slice(1)}/${flags}`);
		if (pattern.endsWith('$')) add('pattern $', node, `/${pattern.slice(0, -1)}/${flags}`);
		if (flags.includes('i')) add('pattern i', node, `/${pattern}/${flags.replace('i', '')}`);
	},
	function dropSpread(node, add) {
		if (ts.isSpreadAssignment(node) && ts.isParenthesizedExpression(node.expression)) {
			add('drop spread', node, '...{}');
		}
	},
];

function findCondition(node: ts.Node): ts.Expression | undefined {
	if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) {
		return node.expression;
	}
	return ts.isConditionalExpression(node) || ts.isForStatement(node) ? node.condition : undefined;
}
