import { createHash } from 'node:crypto';

import type { IDataObject } from 'n8n-workflow';

/** Of the newest conversions, about 200 bytes each: 4 MB. */
const MOST_CONVERSIONS = 20_000;
/** CAKE may fire for several events of one conversion. */
const MOST_FORMS = 10;

/** `repeat`: the same conversion with the same values. `changed`: the same one with other values. */
export type Novelty = 'new' | 'changed' | 'repeat';

/**
 * Remembers which conversions came, until n8n's process ends. n8n's static data is no place for it: n8n
 * reads and writes that as one piece for all nodes of a workflow, and so would put back what a polling
 * trigger in the same workflow remembers.
 */
export class RepeatMemory {
	/** The forms in which each conversion came. The conversion that came last is the last entry. */
	private readonly forms = new Map<string, string[]>();

	constructor(private readonly mostConversions = MOST_CONVERSIONS) {}

	/** @param trigger names the workflow and its node: others may get the same conversion */
	remember(trigger: string, conversionId: string, json: IDataObject): Novelty {
		const entry = JSON.stringify([trigger, conversionId]);
		const form = createHash('sha256').update(JSON.stringify(json)).digest('base64');
		const known = this.forms.get(entry) ?? [];
		const isRepeat = known.includes(form);
		this.forms.delete(entry);
		this.forms.set(entry, isRepeat ? known : [...known, form].slice(-MOST_FORMS));
		this.dropOldest();
		if (isRepeat) return 'repeat';
		return known.length > 0 ? 'changed' : 'new';
	}

	private dropOldest(): void {
		const [oldest] = this.forms.keys();
		if (oldest !== undefined && this.forms.size > this.mostConversions) this.forms.delete(oldest);
	}
}
