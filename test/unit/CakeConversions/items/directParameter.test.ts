import type { IDataObject } from 'n8n-workflow';
import { DirectParameter } from '../../../../nodes/CakeConversions/items/directParameter';

describe('DirectParameter', () => {
	it.each(['={{ $json.order }}', '={{$json["order"]}}', "={{ $json['order'] }}"])(
		'reads %s from the item once n8n gave the same value',
		(expression) => {
			const parameter = new DirectParameter(expression);
			const evaluate = jest.fn(() => 'A');
			expect(parameter.get({ order: 'A' }, evaluate)).toBe('A');
			expect(parameter.get({ order: 'B' }, evaluate)).toBe('B');
			expect(evaluate).toHaveBeenCalledTimes(1);
		},
	);

	it('asks n8n for every item when n8n gave another value for the first', () => {
		const parameter = new DirectParameter('={{ $json.order }}');
		expect(parameter.get({ order: 'A' }, () => 'another')).toBe('another');
		expect(parameter.get({ order: 'B' }, () => 'from n8n')).toBe('from n8n');
	});

	it('asks n8n for every item as long as its evaluation fails', () => {
		const parameter = new DirectParameter('={{ $json.order }}');
		const fail = () => {
			throw new Error('blocked');
		};
		expect(() => parameter.get({ order: 'A' }, fail)).toThrow('blocked');
		expect(() => parameter.get({ order: 'B' }, fail)).toThrow('blocked');
	});

	it('reads the members of a collection and of what it holds', () => {
		const offer = { __rl: true, mode: 'id', value: '={{ $json.offer }}' };
		const parameter = new DirectParameter({ offer, adv1: 'spring', orderId: '={{ $json.order }}' });
		const evaluated = { offer: { ...offer, value: 1 }, adv1: 'spring', orderId: 'A' };
		parameter.get({ offer: 1, order: 'A' }, () => evaluated);
		const values = parameter.get({ offer: 2, order: 'B' }, () => 'from n8n');
		expect(values).toEqual({ offer: { ...offer, value: 2 }, adv1: 'spring', orderId: 'B' });
	});

	it.each([
		'={{ $json.order }} ',
		'=x{{ $json.order }}',
		'={{ $json.order.trim() }}',
		'={{ $json.order["first"] }}',
		'={{ $json?.order }}',
		'={{ ($json.order) }}',
		'={{ $json.order }}{{ $json.order }}',
		'={{ $json["or\\u0064er"] }}',
		'={{ $input.item.json.order }}',
	])('leaves %s to n8n', (expression) => {
		const parameter = new DirectParameter({ orderId: expression, adv1: '={{ $json.order }}' });
		parameter.get({ order: 'A' }, () => ({ orderId: 'A', adv1: 'A' }));
		expect(parameter.get({ order: 'B' }, () => 'from n8n')).toBe('from n8n');
	});

	it.each([[{}], [{ order: undefined }], [{ order: {} }], [{ order: ['A'] }], [{ order: 1n }]])(
		'leaves an item to n8n when its member is no text, number, boolean or null: %p',
		(json) => {
			const parameter = new DirectParameter('={{ $json.order }}');
			parameter.get({ order: 'A' }, () => 'A');
			expect(parameter.get(json as never, () => 'from n8n')).toBe('from n8n');
		},
	);

	it('leaves a member that the item inherits to n8n', () => {
		const parameter = new DirectParameter('={{ $json.order }}');
		parameter.get({ order: 'A' }, () => 'A');
		const heir = Object.create({ order: 'B' }) as IDataObject;
		expect(parameter.get(heir, () => 'from n8n')).toBe('from n8n');
	});
});
