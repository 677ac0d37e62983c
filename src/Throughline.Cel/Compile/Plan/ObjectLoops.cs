using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>A loop over .NET objects in lists and dictionaries, in place.</summary>
/// <typeparam name="T">The input.</typeparam>
/// <typeparam name="TIn">What the body needs: the element, or the input with it.</typeparam>
internal abstract class ObjectLoop<T, TIn>(LoopPlan plan, ObjectPath<T> range, BoolNode<TIn> body)
    : LoopNode<T>(plan, range.Cost + 10 * body.Cost)
{
    private readonly int index = plan.Index;

    protected abstract TIn With(T input, object? element);

    protected override void Run(T input, EvaluationScratch scratch, ref FoldState state)
    {
        object? over = range.Find(input);
        switch (over)
        {
            case object?[] array:
                for (int i = 0; i < array.Length; i++)
                    if (Ends(input, i, array[i], scratch, ref state))
                        return;
                break;
            case Dictionary<string, object?> dictionary:
                foreach ((string key, object? value) in dictionary)
                    if (Ends(input, Value.Of(key), key, value, scratch, ref state))
                        return;
                break;
            case IReadOnlyList<object?> objects:
                for (int i = 0; i < objects.Count; i++)
                    if (Ends(input, i, objects[i], scratch, ref state))
                        return;
                break;
            default:
                OverValue(input, NativeValues.Of(over), scratch, ref state);
                break;
        }
    }

    private void OverValue(T input, Value over, EvaluationScratch scratch, ref FoldState state)
    {
        if (over.TryGet(out CelList? list))
        {
            for (int i = 0; i < list.Count; i++)
                if (Ends(input, i, list[i], scratch, ref state))
                    return;
        }
        else if (over.TryGet(out CelMap? map))
        {
            foreach (Value key in map.Keys)
            {
                Value value = default;
                if (index >= 0)
                    map.TryGet(key, out value);
                if (Ends(input, key, key, value, scratch, ref state))
                    return;
            }
        }
        else
            state.Fail(ValueLoops.NoElements(over));
    }

    // A turn for an element of a list.
    private bool Ends(T input, int at, object? element, EvaluationScratch scratch, ref FoldState state)
    {
        if (index >= 0)
            scratch.Set(index, Value.Of((long)at));
        return !scratch.Spend(Turn) || state.Add(body.Eval(With(input, element), scratch), scratch);
    }

    // A turn for an entry of a map: for its key, or with two variables for key and value.
    private bool Ends(T input, Value first, object key, object? value, EvaluationScratch scratch, ref FoldState state)
    {
        if (index >= 0)
            scratch.Set(index, first);
        object? element = index >= 0 ? value : key;
        return !scratch.Spend(Turn) || state.Add(body.Eval(With(input, element), scratch), scratch);
    }
}

/// <summary>A loop over .NET objects whose body needs the element only.</summary>
internal sealed class ObjectElementLoop<T>(LoopPlan plan, ObjectPath<T> range, BoolNode<object?> body)
    : ObjectLoop<T, object?>(plan, range, body)
{
    protected override object? With(T input, object? element) => element;
}

/// <summary>A loop over .NET objects whose body needs the input too.</summary>
internal sealed class ObjectPairLoop<T>(LoopPlan plan, ObjectPath<T> range, BoolNode<Pair<T, object?>> body)
    : ObjectLoop<T, Pair<T, object?>>(plan, range, body)
{
    protected override Pair<T, object?> With(T input, object? element) => new(input, element);
}
