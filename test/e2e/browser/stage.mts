import type { Fresh } from '../support/fresh.mts';
import type { Editor } from './editor.mts';
import type { Pictures } from './pictures.mts';

/** What the checks of this part share. */
export interface Stage extends Fresh {
	editor: Editor;
	pictures: Pictures;
}
