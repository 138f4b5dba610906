import type { Fresh } from '../support/fresh.mts';
import type { Editor } from './editor.mts';
import type { Pictures } from './pictures.mts';

/** Shared by the checks of this part. */
export interface Stage extends Fresh {
	editor: Editor;
	pictures: Pictures;
}
