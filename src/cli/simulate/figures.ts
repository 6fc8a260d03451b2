/** Figures as people read them. */
export const seconds = (ms: number): string => `${Number((ms / 1000).toFixed(1))} s`;
export const whole = (count: number): string => count.toLocaleString('en');
export const percent = (share: number): string => `${(share * 100).toFixed(share > 0.999 && share < 1 ? 3 : 1)} %`;
