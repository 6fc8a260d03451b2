/** `dist/sw.js`: the worker of a site that shows the offline page. */
import { serve } from '../serve.ts';

serve('offline-page', {});
