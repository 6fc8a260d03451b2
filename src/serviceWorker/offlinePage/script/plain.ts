import { goTo } from './address.ts';
import { watch } from './watch.ts';

watch(goTo);
