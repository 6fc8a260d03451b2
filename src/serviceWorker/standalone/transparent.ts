/** `dist/sw-transparent.js`: the worker of a site that shows a backup's documents under its own address. */
import { passageResponder } from '../modes/passage.ts';
import { transparentMode } from '../modes/transparent.ts';
import { serve } from '../serve.ts';

serve('transparent', transparentMode, passageResponder);
