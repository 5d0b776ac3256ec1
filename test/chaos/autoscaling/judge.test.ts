import { describe, expect, it } from 'vitest';
import { boundsOf } from '../../../src/chaos/autoscaling/autoscaler.js';
import { judgeScaling, type ScalingEvidence } from '../../../src/chaos/autoscaling/judge.js';
import { predictScaling } from '../../../src/chaos/autoscaling/predict.js';
import { autoscaler, began, load, samples, type Point } from './given.js';

const rest: Point[] = [
  [-30, 2],
  [-15, 2],
];
const unknown = 'ScalingActive=False (FailedGetResourceMetric)';

interface Given extends Partial<ScalingEvidence> {
  readonly lastsSeconds?: number;
}

/** A load of 120 s; predicted of the autoscaler: 4 at 45 s, 8 at 60 s, back at 330 s after the load. */
function evidence(points: readonly Point[], { lastsSeconds = 120, ...more }: Given = {}): ScalingEvidence {
  const given = autoscaler({ maxReplicas: 8 });
  const found = samples([...rest, ...points]);
  return {
    samples: found,
    marks: { faultAt: began, loadEndedAt: began + lastsSeconds * 1000, endedAt: found.at(-1)?.at ?? began },
    bounds: boundsOf(given),
    boundsAfter: boundsOf(given),
    prediction: predictScaling(given, { original: 2 }),
    load: load(0, lastsSeconds),
    slackMs: 30_000,
    ...more,
  };
}

/** Where 6 replicas are wanted. */
function judge(points: readonly Point[], more: Given = {}) {
  return judgeScaling(evidence(points, { wanted: 6, ...more }));
}

describe('an autoscaler that does as expected', () => {
  it('goes 2 → 4 → 6 → 2', () => {
    const result = judge([
      [15, 2],
      [45, 4],
      [60, 6],
      [120, 6],
      [300, 6],
      [330, 2],
      [345, 2],
    ]);
    expect(result).toEqual({
      original: 2,
      wanted: 6,
      maximum: 8,
      peak: 6,
      final: 2,
      firstStepMs: 45_000,
      reachedMs: 60_000,
      returnedMs: 210_000,
      path: [2, 4, 6, 2],
      problems: [],
      status: 'as-expected',
    });
  });

  it('goes 2 → 3 → 2 where 3 are wanted', () => {
    const points: Point[] = [
      [45, 3],
      [330, 2],
    ];
    expect(judge(points, { wanted: 3 })).toMatchObject({ path: [2, 3, 2], status: 'as-expected' });
  });

  it('should reach its maximum where nothing else is wanted', () => {
    const points: Point[] = [
      [45, 4],
      [60, 8],
      [330, 2],
    ];
    expect(judgeScaling(evidence(points))).toMatchObject({ wanted: 8, reachedMs: 60_000, status: 'as-expected' });
  });

  it('may shrink in a pause between two waves of load', () => {
    const points: Point[] = [
      [45, 4],
      [60, 6],
      [420, 2],
      [645, 6],
      [1000, 2],
    ];
    const waves = [...load(0, 120), ...load(600, 720)];
    expect(judge(points, { load: waves, lastsSeconds: 720 })).toMatchObject({
      path: [2, 4, 6, 2, 6, 2],
      status: 'as-expected',
    });
  });

  it('comes to rest one above where it was, as is predicted of one that tolerated a little too much work', () => {
    const measured = [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 73 } } }];
    const prediction = predictScaling(autoscaler({ maxReplicas: 8 }, { currentMetrics: measured }), { original: 3 });
    const found = samples([
      [-15, 3],
      [60, 6],
      [120, 6],
      [330, 4],
      [345, 4],
    ]);
    expect(judge([], { samples: found, prediction })).toMatchObject({
      returnedMs: 210_000,
      final: 4,
      status: 'as-expected',
    });
  });

  it('may have been below its minimum before', () => {
    const given = autoscaler({ minReplicas: 3, maxReplicas: 8 });
    const bounds = boundsOf(given);
    const prediction = predictScaling(given, { original: 2 });
    const points: Point[] = [
      [15, 2],
      [45, 6],
      [60, 8],
      [330, 3],
    ];
    expect(judge(points, { bounds, boundsAfter: bounds, prediction })).toMatchObject({ status: 'as-expected' });
  });

  it('is back when it stays back', () => {
    const points: Point[] = [
      [45, 6],
      [245, 6],
      [250, 2],
      [251, 6],
      [330, 2],
    ];
    // 2 for a moment, within the time that it takes to notice the end of the load.
    expect(judge(points, { lastsSeconds: 240 })).toMatchObject({ returnedMs: 90_000, status: 'as-expected' });
  });

  it('is judged where its load was only pretended', () => {
    const points: Point[] = [
      [45, 6],
      [330, 2],
    ];
    expect(judge(points, { load: [] })).toMatchObject({ status: 'as-expected' });
  });
});

describe('a weak autoscaler', () => {
  it('never moves, with the cause', () => {
    const result = judge([
      [15, 2],
      [60, 2],
      [120, 2, { conditions: ['AbleToScale=False (FailedUpdateScale)'] }],
      [400, 2],
    ]);
    expect(result).toMatchObject({ path: [2], peak: 2, status: 'weak' });
    expect(result).not.toHaveProperty('firstStepMs');
    expect(result).not.toHaveProperty('returnedMs');
    expect(result.problems).toEqual([
      'it never left 2 replicas: the pods used 300 % of the processor time they request, and it is held to 70 %, AbleToScale=False (FailedUpdateScale)',
    ]);
  });

  it('knows nothing of its pods', () => {
    const blind = { conditions: [unknown] };
    const points: Point[] = [
      [15, 2, blind],
      [60, 2, blind],
      [120, 2, blind],
    ];
    expect(judge(points).problems).toEqual([`it never left 2 replicas: it did not know what the pods use, ${unknown}`]);
    // However short the load was: it would not have moved under a longer one.
    expect(judge(points.slice(0, 1), { lastsSeconds: 20 }).status).toBe('weak');
    const found = samples([...rest, [60, 2], [120, 2]]).map(({ cpu, ...sample }) =>
      sample.at > began ? sample : { ...sample, ...(cpu !== undefined && { cpu }) },
    );
    expect(judge([], { samples: found }).problems).toEqual([
      'it never left 2 replicas: what the pods use was never known',
    ]);
  });

  it('is stuck at its maximum though the load has ended', () => {
    const { problems, status, final } = judge(
      [
        [45, 4],
        [60, 8],
        [600, 8],
      ],
      { wanted: 8 },
    );
    expect({ status, final }).toEqual({ status: 'weak', final: 8 });
    expect(problems).toEqual([
      'it was stuck at 8 replicas 8m 00s after the load had ended; it is predicted to be back at 2 after 5m 30s',
    ]);
  });

  it('flaps under a load that goes on, or after it', () => {
    const under = judge(
      [
        [45, 4],
        [60, 8],
        [150, 3],
        [165, 8],
        [600, 2],
      ],
      { lastsSeconds: 240 },
    );
    expect(under).toMatchObject({ status: 'weak', problems: ['it flapped: 8 → 3 → 8'] });
    const after = judge([
      [60, 6],
      [330, 2],
      [360, 5],
      [420, 2],
    ]);
    expect(after).toMatchObject({ status: 'weak', problems: ['it flapped: 6 → 2 → 5'] });
  });

  it('flaps in a wave of load, but not where it notices the beginning of one late', () => {
    const waves = [...load(0, 120), ...load(600, 900)];
    const points = (fall: number): Point[] => [
      [60, 6],
      [fall, 2],
      [fall + 35, 6],
      [1200, 2],
    ];
    const judged = (fall: number) => judge(points(fall), { load: waves, lastsSeconds: 900 });
    expect(judged(640).problems).toEqual([]);
    expect(judged(700).problems).toEqual(['it flapped: 6 → 2 → 6']);
  });

  it('knew its pods for a while only', () => {
    const points: Point[] = [
      [15, 2],
      [60, 3],
      [120, 3, { conditions: [unknown] }],
      [330, 2],
    ];
    expect(judge(points).problems).toEqual([
      `it stopped at 3 of 6 replicas: it did not know what the pods use, ${unknown}`,
    ]);
    // In so short a time it might not have moved anyway.
    expect(judge(points, { lastsSeconds: 60 }).status).toBe('ended-early');
    const atFirst: Point[] = [
      [10, 2, { conditions: [unknown] }],
      [20, 2],
    ];
    expect(judge(atFirst, { lastsSeconds: 25 }).status).toBe('ended-early');
  });

  it('leaves its bounds', () => {
    const { problems } = judge([
      [60, 6],
      [75, 6, { current: 9 }],
      [330, 1],
    ]);
    expect(problems).toEqual([
      'it went to 9 replicas, above its maximum of 8',
      'it went to 1 replica, below its minimum of 2',
    ]);
  });

  it('is late, on its way up and on its way back', () => {
    const { problems, status } = judge(
      [
        [15, 2],
        [91, 4],
        [106, 6],
        [120, 6],
        [481, 2],
      ],
      { slackMs: 30_000 },
    );
    expect(status).toBe('weak');
    expect(problems).toEqual([
      'its first step came 1m 16s after the load asked for it, 45.0s are predicted',
      'it reached 6 replicas 1m 31s after the load asked for it, 1m 00s are predicted',
      'it was back after 6m 01s; it is predicted to be back at 2 after 5m 30s',
    ]);
    expect(
      judge([
        [15, 2],
        [90, 4],
        [105, 6],
        [480, 2],
      ]).problems,
    ).toEqual([]);
  });

  it('is not late where the load asks for its replicas only later', () => {
    // 2 × 77 % is tolerated; 5 × 84 % asks for exactly 6.
    const growing: Point[] = [
      [60, 2, { cpu: 77 }],
      [120, 2, { cpu: 130 }],
      [135, 4, { cpu: 80 }],
      [180, 5, { cpu: 84 }],
      [240, 6, { cpu: 70 }],
      [530, 2],
    ];
    expect(judge(growing, { lastsSeconds: 240 })).toMatchObject({ reachedMs: 240_000, status: 'as-expected' });
    const ignored = growing.map(([seconds, ...more]): Point => [seconds > 180 ? seconds + 60 : seconds, ...more]);
    expect(judge(ignored, { lastsSeconds: 300 }).problems).toEqual([
      'it reached 6 replicas 2m 00s after the load asked for it, 1m 00s are predicted',
    ]);
  });

  it('is late for its pods, where these take long to be ready', () => {
    // They are held to all that they may use: two of them ask for three, and three for five.
    const points: Point[] = [
      [30, 2, { cpu: 100 }],
      [45, 3, { cpu: 100, ready: 2 }],
      [150, 5, { cpu: 100, ready: 3 }],
      [290, 5, { cpu: 100, ready: 5 }],
      [305, 6, { cpu: 100, ready: 5 }],
      [310, 6, { cpu: 100 }],
      [600, 2],
    ];
    expect(judge(points, { lastsSeconds: 320 })).toMatchObject({
      status: 'weak',
      problems: [
        'it reached 6 replicas 2m 35s after the load asked for it, 1m 00s are predicted: it waited for pods that were not ready yet, and count as idle until then',
      ],
    });
  });

  it('stops where its pods are not ready', () => {
    const points: Point[] = [
      [15, 2],
      [45, 4, { ready: 2 }],
      [120, 4, { ready: 2 }],
      [330, 2],
    ];
    expect(judge(points).problems).toEqual([
      'it stopped at 4 of 6 replicas: the pods used 300 % of the processor time they request, and it is held to 70 %, 2 of 4 pods were ready',
    ]);
  });

  it('asks for pods that never become ready', () => {
    const { problems } = judge([
      [60, 6, { ready: 3 }],
      [120, 6, { ready: 5 }],
      [330, 2],
    ]);
    expect(problems).toEqual(['it asked for 6 replicas, of which at most 5 were ready']);
  });

  it('cannot go where it should', () => {
    expect(judge([[60, 8]], { wanted: 20 })).toMatchObject({
      status: 'weak',
      problems: expect.arrayContaining(['20 replicas are wanted, but its maximum is 8']) as string[],
    });
    const given = autoscaler({ maxReplicas: 8, behavior: { scaleDown: { selectPolicy: 'Disabled' } } });
    const prediction = predictScaling(given, { original: 2 });
    expect(
      judge(
        [
          [60, 6],
          [600, 6],
        ],
        { prediction },
      ).problems,
    ).toEqual(['it stays at 6 replicas: its behavior does not scale down']);
  });
});

describe('a load that ended too early', () => {
  it('is no test, whether the autoscaler had begun to move or not', () => {
    expect(
      judge(
        [
          [20, 2],
          [400, 2],
        ],
        { lastsSeconds: 20 },
      ),
    ).toMatchObject({
      status: 'ended-early',
      problems: ['the load lasted 20.0s; the autoscaler may take 1m 30s to reach 6 replicas'],
    });
    expect(
      judge(
        [
          [45, 4],
          [400, 2],
        ],
        { lastsSeconds: 50 },
      ),
    ).toMatchObject({ status: 'ended-early', peak: 4 });
  });

  it('is no test, where it asked for all replicas only at its end, or for another one', () => {
    expect(
      judge(
        [
          [30, 2, { cpu: 77 }],
          [220, 2, { cpu: 200 }],
          [235, 4, { cpu: 200 }],
          [240, 4, { cpu: 200 }],
          [600, 2],
        ],
        { lastsSeconds: 240 },
      ),
    ).toMatchObject({
      status: 'ended-early',
      problems: [
        'it stopped at 4 of 6 replicas: the load asked for them for 20.0s; the autoscaler may take 1m 30s to reach 6 replicas',
      ],
    });
    expect(
      judge(
        [
          [30, 2, { cpu: 77 }],
          [200, 3, { cpu: 100 }],
          [240, 3, { cpu: 100 }],
          [600, 2],
        ],
        { lastsSeconds: 240 },
      ).problems,
    ).toEqual([
      'it stopped at 3 of 6 replicas: after its last step the load went on for 40.0s; the autoscaler may take 1m 30s to reach 6 replicas',
    ]);
  });

  it('is a test where the autoscaler was quick enough', () => {
    expect(
      judge(
        [
          [20, 6],
          [330, 2],
        ],
        { lastsSeconds: 20 },
      ).status,
    ).toBe('as-expected');
  });
});

describe('a load that was too small', () => {
  it('asks for no more replicas than there are', () => {
    const { problems, status } = judge([
      [45, 3, { cpu: 90 }],
      [60, 4, { cpu: 71 }],
      [105, 4, { cpu: 68 }],
      [120, 4, { cpu: 70 }],
      [330, 2],
    ]);
    expect(status).toBe('too-small');
    expect(problems).toEqual([
      'it stopped at 4 of 6 replicas: the pods used 71 % of the processor time they request, and it is held to 70 %: the load asks for no more',
    ]);
  });

  it('is none that asked for more for long enough', () => {
    const points: Point[] = [
      [15, 2, { cpu: 300 }],
      [105, 2, { cpu: 300 }],
      [200, 2, { cpu: 70 }],
      [220, 2, { cpu: 70 }],
      [240, 2, { cpu: 70 }],
    ];
    expect(judge(points, { lastsSeconds: 240 }).status).toBe('weak');
    // Another second, and nobody could have blamed it.
    const shorter = points.map(([seconds, ...more]): Point => [seconds === 105 ? 104 : seconds, ...more]);
    expect(judge(shorter, { lastsSeconds: 240 }).status).toBe('too-small');
  });
});

describe('what cannot be judged', () => {
  it('is how late it was, or why it stopped, where it is held to something else than processor time', () => {
    const of = (points: readonly Point[]) =>
      samples([...rest, ...points]).map(({ at, desired, current, ready, conditions }) => ({
        ...{ at, desired, current, ready, conditions },
      }));
    expect(
      judge([], {
        samples: of([
          [100, 6],
          [330, 2],
        ]),
      }),
    ).toMatchObject({
      status: 'unobserved',
      problems: ['it reached 6 replicas after 1m 40s, 1m 00s are predicted; when the load asked for it is not known'],
    });
    expect(
      judge([], {
        samples: of([
          [60, 4],
          [120, 4],
          [330, 2],
        ]),
      }),
    ).toMatchObject({
      status: 'unobserved',
      problems: [
        'it stopped at 4 of 6 replicas: it is not held to a share of processor time, and its own metrics are not sampled',
      ],
    });
  });

  it.each<[string, Partial<ScalingEvidence>, string]>([
    ['a deleted autoscaler', { boundsAfter: undefined }, 'somebody deleted the autoscaler during the drill'],
    [
      'another one of its name',
      { boundsAfter: { uid: 'b', minimum: 2, maximum: 8 } },
      'somebody replaced the autoscaler during the drill',
    ],
    ['other bounds', { boundsAfter: { uid: 'a', minimum: 2, maximum: 4 } }, 'somebody changed its maximum from 8 to 4'],
  ])('is %s', (_, more, problem) => {
    const { status, problems } = judge(
      [
        [60, 6],
        [330, 2],
      ],
      more,
    );
    expect({ status, problems }).toEqual({ status: 'unobserved', problems: [problem] });
  });

  it('has nothing else to tell when somebody disturbed it', () => {
    const marks = { faultAt: began, loadEndedAt: began + 1_000, endedAt: began + 2_000 };
    expect(judge([[0.5, 2]], { marks, boundsAfter: undefined }).problems).toEqual([
      'somebody deleted the autoscaler during the drill',
    ]);
  });

  it.each<[string, Point[], string]>([
    [
      'that still shrinks',
      [
        [-30, 6],
        [-15, 4],
      ],
      'it was not at rest before the load: 6 → 4',
    ],
    [
      'that is about to',
      [[-15, 4, { conditions: ['AbleToScale=True (ScaleDownStabilized)'] }]],
      '4, and about to shrink',
    ],
    ['that still grows', [[-15, 4, { current: 3 }]], 'it was not at rest before the load: 4, of which 3 are there'],
  ])('is an autoscaler %s before the load', (_, before, problem) => {
    const found = samples([...before, [60, 6], [330, 2]]);
    const { status, problems } = judge([], { samples: found });
    expect(status).toBe('unobserved');
    expect(problems[0]).toContain(problem);
  });

  it('is not one that is held at its minimum', () => {
    const held: Point = [-15, 2, { conditions: ['AbleToScale=True (ScaleDownStabilized)'] }];
    expect(judge([], { samples: samples([held, [60, 6], [330, 2]]) }).status).toBe('as-expected');
  });

  it('is one that was where it should go before', () => {
    expect(
      judge([], {
        samples: samples([
          [-15, 6],
          [60, 6],
          [330, 6],
        ]),
      }).problems[0],
    ).toBe('it had 6 replicas before the load, as many as it should reach');
  });

  it('is one that nobody watched to the end, or not at all', () => {
    expect(
      judge([
        [60, 6],
        [180, 6],
      ]),
    ).toMatchObject({
      status: 'unobserved',
      problems: ['nobody watched it for more than 1m 00s after the load; it is predicted to be back at 2 after 5m 30s'],
    });
    // 330 s and the slack after the load.
    expect(
      judge([
        [60, 6],
        [479, 6],
      ]).status,
    ).toBe('unobserved');
    expect(
      judge([
        [60, 6],
        [480, 6],
      ]).status,
    ).toBe('weak');
    expect(judge([])).toMatchObject({ status: 'unobserved', problems: ['nobody saw it during a load'], path: [2] });
    expect(judge([[60, 6]], { marks: { endedAt: began } }).status).toBe('unobserved');
  });

  it('is not one whose load nobody answers any more: that is a weakness, however early it ended', () => {
    const silent = [10, 20].flatMap((from) => load(from, from + 10, {}));
    expect(judge([[5, 2]], { load: [...load(0, 10, { '200': 900 }), ...silent] })).toMatchObject({
      status: 'weak',
      problems: [expect.stringMatching(/^it never left 2 replicas: in the end nothing was answered in 20\.0s/)],
    });
  });

  it('is one whose load nobody answered', () => {
    expect(
      judge(
        [
          [60, 2],
          [400, 2],
        ],
        { load: load(0, 120, {}) },
      ),
    ).toMatchObject({
      status: 'unobserved',
      problems: ['nothing of the load was answered, so it gave the pods no work'],
    });
  });
});
