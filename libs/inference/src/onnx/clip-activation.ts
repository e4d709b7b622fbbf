import type { Activation } from '@cullstream/contracts';

/**
 * OpenAI's weights were trained with QuickGELU, in whichever container they come. Parameters do not
 * show it, so weights trained with another activation need to be known or told.
 */
export const DEFAULT_ACTIVATION: Activation = 'quick-gelu';
