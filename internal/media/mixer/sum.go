package mixer

import "math"

// accumulate adds a frame to a sum. 65,535 full-scale speakers fit in 32 bits.
func accumulate(sum []int32, frame []int16) {
	sum = sum[:len(frame)]
	for i, s := range frame {
		sum[i] += int32(s)
	}
}

func saturate(dst []int16, sum []int32) {
	sum = sum[:len(dst)]
	for i := range dst {
		dst[i] = clip(sum[i])
	}
}

func mixMinus(dst []int16, sum []int32, own []int16) {
	sum, own = sum[:len(dst)], own[:len(dst)]
	for i := range dst {
		dst[i] = clip(sum[i] - int32(own[i]))
	}
}

func mixPlus(dst []int16, sum, extra []int32) {
	sum, extra = sum[:len(dst)], extra[:len(dst)]
	for i := range dst {
		dst[i] = clip(sum[i] + extra[i])
	}
}

func mixMinusPlus(dst []int16, sum []int32, own []int16, extra []int32) {
	sum, own, extra = sum[:len(dst)], own[:len(dst)], extra[:len(dst)]
	for i := range dst {
		dst[i] = clip(sum[i] - int32(own[i]) + extra[i])
	}
}

func clip(v int32) int16 {
	return int16(min(max(v, math.MinInt16), math.MaxInt16))
}
