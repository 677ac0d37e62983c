using Throughline.Cel.Library;
using Throughline.Cel.Values;

namespace Throughline.Cel.Interpret;

/// <summary>Where a fold keeps its variables; the second is -1 if it has one only.</summary>
internal readonly record struct FoldSlots(int Accumulator, int First, int Second);

/// <summary>A comprehension (specification, "Macros"): see <see cref="Parse.Expr.Comprehension"/>.</summary>
/// <param name="body">The ids of what runs in every turn: a trace holds the last turn only.</param>
internal sealed class FoldNode(
    int id,
    FoldSlots slots,
    Node range,
    Node init,
    Node condition,
    Node step,
    Node result,
    int[] body
) : Node(id, Costs.Constant)
{
    protected override Value Compute(Frame frame)
    {
        Value over = range.Evaluate(frame);
        if (over.IsFault)
            return over;
        // An accumulator may be an error: what uses it decides what comes of that.
        frame.Locals[slots.Accumulator] = init.Evaluate(frame);
        if (over.TryGet(out CelList? list))
            Fold(frame, list);
        else if (over.TryGet(out CelMap? map))
            Fold(frame, map);
        else
            return Fail($"no such overload: {over.Type} has no elements");
        return frame.Stopped ?? result.Evaluate(frame);
    }

    private void Fold(Frame frame, CelList list)
    {
        int count = list.Count;
        for (int i = 0; i < count; i++)
        {
            Value element = list[i];
            bool goesOn = slots.Second < 0 ? Turn(frame, element, default) : Turn(frame, Value.Of((long)i), element);
            if (!goesOn)
                break;
        }
    }

    private void Fold(Frame frame, CelMap map)
    {
        foreach (Value key in map.Keys)
        {
            Value value = default;
            if (slots.Second >= 0)
                map.TryGet(key, out value);
            if (!Turn(frame, key, value))
                break;
        }
    }

    private bool Turn(Frame frame, Value first, Value second)
    {
        frame.Locals[slots.First] = first;
        if (slots.Second >= 0)
            frame.Locals[slots.Second] = second;
        Value holds = condition.Evaluate(frame);
        // Only what is false, or no bool at all, ends the loop; errors and unknowns go on into the result.
        if (frame.Stopped is not null || (!holds.IsTrue && !holds.IsFault))
            return false;
        if (frame.Trace is not null)
            foreach (int expr in body)
                frame.Trace.Remove(expr);
        frame.Locals[slots.Accumulator] = step.Evaluate(frame);
        return true;
    }
}
