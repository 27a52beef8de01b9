/** The three shapes of the page: both beside each other, the harbour as a drawer, one view at a time. */
export type Shape = 'wide' | 'middle' | 'phone';

export const shapeOf = (width: number): Shape => (width >= 1100 ? 'wide' : width >= 760 ? 'middle' : 'phone');
