/** `dist/sw-redirect.js`: the worker of a site that sends browsers to a backup. */
import { redirectMode } from '../modes/redirect.ts';
import { serve } from '../serve.ts';

serve('redirect', redirectMode);
