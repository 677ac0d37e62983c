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
    private ulong[] items = [];
    private KeyState[] itemStates = [];
    private ConditionState[] conditions = [];
    private double[] values = [];
    private int[] known = [];
    private CounterVisit[] visits = [];

    private enum KeyState : byte
    {
        NotHashed = 0,
        Known = 1,
        Unknown = 2,
    }

    private enum ConditionState : byte
    {
        NotEvaluated = 0,
        Holds = 1,
        HoldsNot = 2,
        Failed = 3,
    }

    /// <summary>Reads all counters of a version. Once the request was decided by that version, counters of the request phase stay what they
    /// were then: the answer is judged by what was known.</summary>
    /// <param name="counting">Counters of this phase count the request; null: none does.</param>
    public void ReadCounters(BoundModel bound, GateInputs inputs, RulePhase? counting)
    {
        ModelParts model = bound.Model.Parts;
        bool wasDecided = counting == RulePhase.Response && ReferenceEquals(inputs.ReadFor, bound.Model);
        Prepare(model);
        // No key reads the response: those of the decision hold for its answer.
        if (!wasDecided || !ReferenceEquals(inputs, keysOf))
            Array.Clear(states);
        Array.Clear(itemStates);
        Array.Clear(conditions);
        keysOf = inputs;
        int count = Seek(bound, inputs, wasDecided);
        for (int i = 0; i < count; i++)
            values[known[i]] = Read(model, model.Counters[known[i]], visits[i], inputs, counting);
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

    // Room for the largest version so far.
    private void Prepare(ModelParts model)
    {
        if (keys.Length < model.Keys.Length)
            (keys, states) = (new UInt128[model.Keys.Length], new KeyState[model.Keys.Length]);
        if (items.Length < model.Items.Length)
            (items, itemStates) = (new ulong[model.Items.Length], new KeyState[model.Items.Length]);
        if (conditions.Length < model.Conditions.Length)
            conditions = new ConditionState[model.Conditions.Length];
        if (values.Length < model.Counters.Length)
            (values, known, visits) = (
                new double[model.Counters.Length],
                new int[model.Counters.Length],
                new CounterVisit[model.Counters.Length]
            );
    }

    // Finds the cells of all counters whose key is known, and notes which these are; the others are not known for this request.
    private int Seek(BoundModel bound, GateInputs inputs, bool wasDecided)
    {
        ModelParts model = bound.Model.Parts;
        int count = 0;
        for (int i = 0; i < model.Counters.Length; i++)
        {
            CounterPlan plan = model.Counters[i];
            if (wasDecided && plan.Phase != RulePhase.Response)
                continue;
            values[i] = double.NaN;
            if (!TryKey(model.Keys, plan.Key, inputs, out UInt128 key))
                continue;
            known[count] = i;
            (visits[count].Counter, visits[count].Key) = (bound.Counters[i], key);
            count++;
        }
        bank.Seek(visits.AsSpan(0, count));
        return count;
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

    private bool TryItem(GateExpression[] expressions, int place, GateInputs inputs, out ulong item)
    {
        if (itemStates[place] == KeyState.NotHashed)
        {
            KeyHash hash = new(hashKey);
            bool isKnown = ValueHash.TryAdd(ref hash, ValueOf(expressions[place], inputs));
            items[place] = isKnown ? (ulong)hash.Finish() : 0;
            itemStates[place] = isKnown ? KeyState.Known : KeyState.Unknown;
        }
        item = items[place];
        return itemStates[place] == KeyState.Known;
    }

    private ConditionState ConditionOf(GateExpression[] expressions, int place, GateInputs inputs)
    {
        ref ConditionState state = ref conditions[place];
        if (state != ConditionState.NotEvaluated)
            return state;
        Value where = ValueOf(expressions[place], inputs);
        return state =
            !where.IsBool ? ConditionState.Failed
            : where.Bool ? ConditionState.Holds
            : ConditionState.HoldsNot;
    }

    private double Read(
        ModelParts model,
        CounterPlan plan,
        in CounterVisit visit,
        GateInputs inputs,
        RulePhase? counting
    )
    {
        long time = inputs.Request.Time;
        if (plan.Phase != counting)
            return bank.Read(visit, time);
        bool holds = true;
        if (plan.Condition >= 0)
        {
            ConditionState state = ConditionOf(model.Conditions, plan.Condition, inputs);
            if (state == ConditionState.Failed)
                return double.NaN;
            holds = state == ConditionState.Holds;
        }
        if (plan.Of is null)
            return holds || plan.Shape.Kind == CounterKind.Ratio
                ? bank.Add(visit, time, holds)
                : bank.Read(visit, time);
        if (!holds)
            return bank.Read(visit, time);
        if (plan.Shape.Kind == CounterKind.Sum)
        {
            double amount = NumberOf(ValueOf(plan.Of, inputs));
            return double.IsFinite(amount) ? bank.Add(visit, time, holds, item: 0, amount) : double.NaN;
        }
        return TryItem(model.Items, plan.Item, inputs, out ulong item)
            ? bank.Add(visit, time, holds, item)
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
