using System.Diagnostics.CodeAnalysis;
using Throughline.Cel.Compile;
using Throughline.Cel.Library;
using Throughline.Cel.Values;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Decide;

/// <summary>
/// Reads counters and lists into the inputs: counters of the phase count the request first. An expression that fails leaves its
/// counter or list unknown for this request, and counts nothing.
/// </summary>
internal sealed class InputReader(CounterBank bank, UInt128 hashKey)
{
    private readonly EvaluationScratch scratch = new(GateLimits.RunCostMax);
    private UInt128[] keys = [];
    private KeyState[] states = [];
    private GateInputs? keysOf;
    private double[] values = [];
    private int[] ahead = [];
    private UInt128[] aheadKeys = [];

    private enum KeyState : byte
    {
        NotHashed = 0,
        Known = 1,
        Unknown = 2,
    }

    /// <summary>Reads all counters of a version. Once the request was decided by that version, counters of the request phase stay what they
    /// were then: the answer is judged by what was known.</summary>
    /// <param name="counting">Counters of this phase count the request; null: none does.</param>
    public void ReadCounters(BoundModel bound, GateInputs inputs, RulePhase? counting)
    {
        ModelParts model = bound.Model.Parts;
        bool wasDecided = counting == RulePhase.Response && ReferenceEquals(inputs.ReadFor, bound.Model);
        if (keys.Length < model.Keys.Length)
            (keys, states) = (new UInt128[model.Keys.Length], new KeyState[model.Keys.Length]);
        // No key reads the response: those of the decision hold for its answer.
        if (!wasDecided || !ReferenceEquals(inputs, keysOf))
            Array.Clear(states);
        keysOf = inputs;
        if (values.Length < model.Counters.Length)
            (values, ahead, aheadKeys) = (
                new double[model.Counters.Length],
                new int[model.Counters.Length],
                new UInt128[model.Counters.Length]
            );
        if (bank.PaysToPrefetch)
            Foresee(bound, inputs, wasDecided);
        for (int i = 0; i < model.Counters.Length; i++)
            if (!wasDecided || model.Counters[i].Phase == RulePhase.Response)
                values[i] = Read(model.Counters[i], model.Keys, bound.Counters[i], inputs, counting);
        if (inputs.Counters.Length != model.CounterPlaces.Length)
            inputs.Counters = new double[model.CounterPlaces.Length];
        for (int i = 0; i < model.CounterPlaces.Length; i++)
            if (!wasDecided || model.Counters[model.CounterPlaces[i]].Phase == RulePhase.Response)
                inputs.Counters[i] = values[model.CounterPlaces[i]];
    }

    /// <summary>Looks the request up in the lists that rules of the version read; it is out of all others. Once the request was decided
    /// by that version, only those that rules of the response phase read are looked up again.</summary>
    public void ReadLists(BoundModel bound, GateInputs inputs, RulePhase phase)
    {
        ListPlan[] plans = bound.Model.Parts.Lists;
        bool wasDecided = phase == RulePhase.Response && ReferenceEquals(inputs.ReadFor, bound.Model);
        if (inputs.Lists.Length != plans.Length)
            inputs.Lists = new Membership[plans.Length];
        else if (!wasDecided)
            Array.Clear(inputs.Lists);
        ModelUse use = bound.Model.Parts.Use;
        foreach (int place in wasDecided ? use.ResponseLists : use.Lists)
            inputs.Lists[place] = inputs.KnownLists?[place] ?? LookUp(plans[place], bound.Lists[place], inputs);
    }

    // All of a request's cells lie somewhere else in memory: asked for together they are waited for once.
    private void Foresee(BoundModel bound, GateInputs inputs, bool wasDecided)
    {
        ModelParts model = bound.Model.Parts;
        int count = 0;
        for (int i = 0; i < model.Counters.Length; i++)
        {
            CounterPlan plan = model.Counters[i];
            if (
                (wasDecided && plan.Phase != RulePhase.Response)
                || !TryKey(model.Keys, plan.Key, inputs, out UInt128 key)
            )
                continue;
            ahead[count] = bound.Counters[i];
            aheadKeys[count++] = key;
        }
        bank.Prefetch(ahead.AsSpan(0, count), aheadKeys.AsSpan(0, count));
    }

    private bool TryKey(KeyPlan[] plans, int place, GateInputs inputs, out UInt128 key)
    {
        if (states[place] == KeyState.NotHashed)
        {
            KeyHash hash = new(hashKey);
            bool known = true;
            foreach (GateExpression part in plans[place].Parts)
                known = known && ValueHash.TryAdd(ref hash, ValueOf(part, inputs));
            keys[place] = known ? hash.Finish() : 0;
            states[place] = known ? KeyState.Known : KeyState.Unknown;
        }
        key = keys[place];
        return states[place] == KeyState.Known;
    }

    private double Read(CounterPlan plan, KeyPlan[] plans, int place, GateInputs inputs, RulePhase? counting)
    {
        if (!TryKey(plans, plan.Key, inputs, out UInt128 key))
            return double.NaN;
        long time = inputs.Request.Time;
        if (plan.Phase != counting)
            return bank.Read(place, key, time);
        bool holds = true;
        if (plan.Where is not null)
        {
            Value where = ValueOf(plan.Where, inputs);
            if (!where.IsBool)
                return double.NaN;
            holds = where.Bool;
        }
        if (plan.Of is null)
            return holds || plan.Shape.Kind == CounterKind.Ratio
                ? bank.Add(place, key, time, holds, item: 0, amount: 0)
                : bank.Read(place, key, time);
        if (!holds)
            return bank.Read(place, key, time);
        Value of = ValueOf(plan.Of, inputs);
        if (plan.Shape.Kind == CounterKind.Sum)
        {
            double amount = NumberOf(of);
            return double.IsFinite(amount) ? bank.Add(place, key, time, holds, item: 0, amount) : double.NaN;
        }
        KeyHash hash = new(hashKey);
        return ValueHash.TryAdd(ref hash, of)
            ? bank.Add(place, key, time, holds, (ulong)hash.Finish(), amount: 0)
            : double.NaN;
    }

    private Membership LookUp(ListPlan plan, GateList list, GateInputs inputs)
    {
        long now = inputs.Request.Time;
        if (plan.Of is null)
            return inputs.Request.Address is { } client ? Of(list.Contains(client, now)) : Membership.Unknown;
        Value of = ValueOf(plan.Of, inputs);
        return of.Kind switch
        {
            ValueKind.String => Of(list.Contains(of.String, now)),
            ValueKind.Int => Of(list.Contains(of.Int, now)),
            ValueKind.Opaque when of.TryGet(out IpAddress? address) => Of(list.Contains(address, now)),
            _ => Membership.Unknown,
        };
    }

    [SuppressMessage(
        "Design",
        "CA1031:Do not catch general exception types",
        Justification = "An expression's failure, whatever it is, is that expression's result."
    )]
    private Value ValueOf(GateExpression expression, GateInputs inputs)
    {
        try
        {
            return expression.Compiled.EvaluateValue(inputs, scratch);
        }
        catch (Exception)
        {
            return Failed;
        }
    }

    private static readonly Value Failed = Value.Error("the expression failed");

    private static Membership Of(bool isIn) => isIn ? Membership.In : Membership.Out;

    private static double NumberOf(Value value) =>
        value.Kind switch
        {
            ValueKind.Int => value.Int,
            ValueKind.Uint => value.Uint,
            ValueKind.Double => value.Double,
            _ => double.NaN,
        };
}
